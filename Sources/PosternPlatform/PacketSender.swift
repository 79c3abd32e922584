// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternWire

/// Sends whole IPv4 packets, of any source, to one host. EPERM without CAP_NET_RAW.
package struct PacketSender: ~Copyable {
  private let descriptor: OwnedDescriptor

  package init(to gateway: IPv4Address) throws(PlatformError) { try self.init(SegmentSocket.packet(.ipv4), to: gateway) }

  private init(_ socket: consuming OwnedDescriptor, to gateway: IPv4Address) throws(PlatformError) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = gateway.value.bigEndian
    let number = socket.number
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let answer = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe Glibc.connect(number, $0, size) }
    }
    descriptor = socket
    guard answer == 0 else { throw PlatformError("find a way to the gateway", errno) }
  }

  /// From the IP header on.
  package func send(_ packet: [UInt8]) throws(PlatformError) {
    let number = descriptor.number
    try SystemCall.value("send packet") { unsafe Glibc.send(number, packet, packet.count, 0) }
  }
}
