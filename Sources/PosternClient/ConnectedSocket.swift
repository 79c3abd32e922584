// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
internal import PosternWire

/// What sockets that keep no connection have in common: a peer by name, and the source that the route to it gives them.
extension OwnedDescriptor {
  /// Fixes the peer and with it the source; nothing is sent. False leaves the reason in `errno`.
  func connect(to target: SocketAddress) -> Bool {
    unsafe target.withSystemAddress { unsafe Glibc.connect(number, $0, $1) } == 0
  }

  /// Binds to a port of any local address; throws ``ClientError/notPermitted(_:)`` for a port that only root may have.
  func bind(toPort port: Port, _ family: AddressFamily) throws(ClientError) {
    let any: IPAddress =
      switch family {
      case .ipv4: .v4(IPv4Address(0))
      case .ipv6: .v6(IPv6Address(.zero))
      }
    let answer = unsafe SocketAddress(any, port: port).withSystemAddress { unsafe Glibc.bind(number, $0, $1) }
    guard answer != 0 else { return }
    guard errno == EACCES || errno == EPERM else { throw .system("binding to port \(port)") }
    throw .notPermitted("the source port \(port) needs CAP_NET_BIND_SERVICE: run it with sudo, or choose one from 1024 on")
  }

  var localAddress: IPAddress? {
    var raw = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutablePointer(to: &raw) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard unsafe getsockname(number, address, &length) == 0 else { return nil }
        return unsafe IPAddress(system: address)
      }
    }
  }

  /// The time to live, or hop limit, of what is sent from now on; nil is the system's own.
  func setHopLimit(_ limit: UInt8?, _ family: AddressFamily) throws(ClientError) {
    var value = limit.map { Int32($0) } ?? -1
    let (level, name) =
      switch family {
      case .ipv4: (Int32(IPPROTO_IP), IP_TTL)
      case .ipv6: (Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS)
      }
    guard unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
      throw .system("setting the hop limit")
    }
  }
}
