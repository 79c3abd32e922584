// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc
package import PosternWire

/// A socket on which others connect, or to which they send.
package struct ServiceListener: ~Copyable {
  package let descriptor: OwnedDescriptor

  /// Without an address it listens at all of both families, or of IPv4 where the host has no IPv6.
  /// A program that takes it over may expect that it `waits`.
  package init(_ address: IPAddress?, _ port: Port, datagrams: Bool, waits: Bool) throws(PlatformError) {
    guard let address else {
      do throws(PlatformError) {
        descriptor = try Self.open(.v6(.zero), port, datagrams, bothFamilies: true, waits)
      } catch {
        guard error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL else { throw error }
        descriptor = try Self.open(.v4(.zero), port, datagrams, bothFamilies: false, waits)
      }
      return
    }
    descriptor = try Self.open(address, port, datagrams, bothFamilies: false, waits)
  }

  private static func open(
    _ address: IPAddress, _ port: Port, _ datagrams: Bool, bothFamilies: Bool, _ waits: Bool
  ) throws(PlatformError) -> OwnedDescriptor {
    var place = postern_address()
    switch address {
    case .v4(let address):
      place.family = 4
      let bytes = address.value.bigEndian
      unsafe withUnsafeMutableBytes(of: &place.bytes) { unsafe $0.storeBytes(of: bytes, as: UInt32.self) }
    case .v6(let address):
      place.family = 6
      let bytes = (address.bytes.high.bigEndian, address.bytes.low.bigEndian)
      unsafe withUnsafeMutableBytes(of: &place.bytes) { raw in
        unsafe raw.storeBytes(of: bytes.0, as: UInt64.self)
        unsafe raw.storeBytes(of: bytes.1, toByteOffset: 8, as: UInt64.self)
      }
    }
    return try OwnedDescriptor("listen") {
      unsafe postern_listener(&place, port.number, datagrams ? 1 : 0, bothFamilies ? 1 : 0, waits ? 1 : 0)
    }
  }

  /// A stream and the address that it came from.
  package struct Incoming: ~Copyable {
    package let stream: OwnedDescriptor
    package let peer: IPAddress
    package let port: Port?

    /// Gives the stream away.
    package consuming func keepStream() -> OwnedDescriptor { stream }
  }

  /// Nil when none waits any more.
  package func accept() throws(PlatformError) -> Incoming? {
    var peer = postern_address()
    var port: UInt16 = 0
    let number = descriptor.number
    let answer = try SystemCall.valueUnlessBlocked("accept connection") { unsafe postern_accept_peer(number, &peer, &port) }
    guard let answer else { return nil }
    return Incoming(stream: OwnedDescriptor(owning: answer), peer: Interfaces.address(peer), port: Port(port))
  }
}
