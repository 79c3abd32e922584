// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternWire

/// An address and a port to send to or connect to.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  package var address: IPAddress
  package var port: Port
  /// The interface of a link-local IPv6 address; zero elsewhere.
  package var scope: UInt32

  package init(_ address: IPAddress, port: Port, scope: UInt32 = 0) {
    self.address = address
    self.port = port
    self.scope = scope
  }

  package var description: String {
    switch address {
    case .v4(let address): "\(address):\(port)"
    case .v6(let address): scope == 0 ? "[\(address)]:\(port)" : "[\(address)%\(scope)]:\(port)"
    }
  }
}

extension SocketAddress {
  var systemFamily: Int32 { address.family.systemFamily }

  /// Lends the address as the kernel reads it.
  func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch address {
    case .v4(let address):
      var raw = sockaddr_in()
      raw.sin_family = sa_family_t(AF_INET)
      raw.sin_port = port.number.bigEndian
      raw.sin_addr.s_addr = address.value.bigEndian
      return unsafe Self.lend(&raw, body)
    case .v6(let address):
      var raw = sockaddr_in6()
      raw.sin6_family = sa_family_t(AF_INET6)
      raw.sin6_port = port.number.bigEndian
      raw.sin6_scope_id = scope
      unsafe withUnsafeMutableBytes(of: &raw.sin6_addr) { unsafe $0.copyBytes(from: address.bytes.array) }
      return unsafe Self.lend(&raw, body)
    }
  }

  /// Nil for another family or port 0.
  init?(system raw: UnsafePointer<sockaddr>) {
    guard let address = unsafe IPAddress(system: raw) else { return nil }
    switch address {
    case .v4:
      let raw = unsafe UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self)
      guard let port = Port(raw.sin_port.bigEndian) else { return nil }
      self.init(address, port: port)
    case .v6:
      let raw = unsafe UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in6.self)
      guard let port = Port(raw.sin6_port.bigEndian) else { return nil }
      self.init(address, port: port, scope: raw.sin6_scope_id)
    }
  }

  private static func lend<Raw, Result>(_ raw: inout Raw, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    unsafe withUnsafePointer(to: &raw) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(MemoryLayout<Raw>.size)) }
    }
  }
}

extension IPAddress {
  /// Nil for another family.
  init?(system raw: UnsafePointer<sockaddr>) {
    switch unsafe Int32(raw.pointee.sa_family) {
    case AF_INET:
      let raw = unsafe UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self)
      self = .v4(IPv4Address(raw.sin_addr.s_addr.bigEndian))
    case AF_INET6:
      let raw = unsafe UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in6.self)
      let bytes = unsafe withUnsafeBytes(of: raw.sin6_addr) { unsafe Bytes16([UInt8]($0)) }
      self = .v6(IPv6Address(bytes ?? .zero))
    default: return nil
    }
  }
}

extension AddressFamily {
  var systemFamily: Int32 {
    switch self {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    }
  }
}
