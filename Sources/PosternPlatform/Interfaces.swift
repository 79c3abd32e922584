// SPDX-License-Identifier: Apache-2.0
import CPosternShims
package import PosternWire

/// The network interfaces of this host, or of the network namespace of the calling thread.
package enum Interfaces {
  /// Far more than any gateway has; a longer list is cut.
  private static let capacity: CInt = 4096

  /// Every address of every interface, loopback and link-local ones included, each once for each interface that has it.
  package static func ownAddresses() throws(PlatformError) -> [IPAddress] {
    var found = Array(repeating: postern_address(), count: Int(capacity))
    let count = try SystemCall.value("list own addresses") { unsafe postern_own_addresses(&found, capacity) }
    return found.prefix(Int(min(count, capacity))).map(address)
  }

  static func address(_ found: postern_address) -> IPAddress {
    unsafe withUnsafeBytes(of: found.bytes) { raw in
      let bytes = unsafe raw.bytes
      return found.family == 4 ? .v4(IPv4Address(bytes.u32(at: 0))) : .v6(IPv6Address(Bytes16(bytes)))
    }
  }
}
