// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternWire

/// One TCP connection that is being made from a chosen address of this host.
package struct BoundConnect: ~Copyable {
  private let descriptor: OwnedDescriptor

  /// Sends the SYN and does not wait; nil when that cannot be done.
  package init?(from source: IPv4Address, to target: IPv4Address, port: UInt16) {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    descriptor = OwnedDescriptor(owning: Glibc.socket(AF_INET, kind, 0))
    let number = descriptor.number
    guard unsafe Self.with(source, 0, { unsafe bind(number, $0, $1) }) == 0 else { return nil }
    let answer = unsafe Self.with(target, port) { unsafe Glibc.connect(number, $0, $1) }
    guard answer == 0 || errno == EINPROGRESS else { return nil }
  }

  /// Whether the connection stands within so many milliseconds.
  package func isThere(within milliseconds: Int32) -> Bool {
    var item = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&item, 1, milliseconds) == 1 else { return false }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0
  }

  private static func with(_ address: IPv4Address, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32
  {
    var system = sockaddr_in()
    system.sin_family = sa_family_t(AF_INET)
    system.sin_port = port.bigEndian
    system.sin_addr.s_addr = address.value.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return unsafe withUnsafePointer(to: &system) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
  }
}
