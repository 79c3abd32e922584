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
}
