// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
package import PosternWire

/// A UDP socket that sends; nothing ever answers it.
package struct UDPSocket: ~Copyable {
  private let descriptor: OwnedDescriptor

  /// Without a source port the kernel chooses one; ports below 1024 need CAP_NET_BIND_SERVICE.
  package init(_ family: AddressFamily, source: Port? = nil) throws(ClientError) {
    let number = socket(family.systemFamily, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw .system("socket") }
    let socket = OwnedDescriptor(owning: number)
    if let source { try socket.bind(toPort: source, family) }
    descriptor = socket
  }

  /// The time to live, or hop limit, of the datagrams; nil is the system's own.
  func setHopLimit(_ limit: UInt8?, _ family: AddressFamily) throws(ClientError) { try descriptor.setHopLimit(limit, family) }

  /// Sends one datagram whole.
  package func send(_ bytes: [UInt8], to target: SocketAddress) throws(ClientError) {
    let sent = unsafe target.withSystemAddress { address, length in
      unsafe sendto(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
    }
    guard sent == bytes.count else { throw .system("sending to \(target)") }
  }

  /// The local address of the route to `target`; nothing is sent. Nil when there is no route.
  package func localAddress(toward target: SocketAddress) -> IPAddress? {
    descriptor.connect(to: target) ? descriptor.localAddress : nil
  }
}
