// SPDX-License-Identifier: Apache-2.0
import CCapture
import Glibc
package import PosternPlatform

/// A socket of the netfilter subsystems (NETLINK_NETFILTER). ENOBUFS is left on: it is how losses show.
package struct NetlinkSocket: ~Copyable {
  /// The default loses packets in any flood.
  package static let wantedReceiveBuffer: CInt = 8 << 20

  package let descriptor: OwnedDescriptor
  /// The bytes that the kernel keeps for packets not read yet, its own bookkeeping included.
  package let receiveBuffer: Int

  /// Without CAP_NET_ADMIN over the initial namespace the buffer is only as large as net.core.rmem_max allows.
  package init(receiveBuffer wanted: CInt = wantedReceiveBuffer) throws(PlatformError) {
    let number = try SystemCall.value("open netfilter socket") {
      Glibc.socket(AF_NETLINK, CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), NETLINK_NETFILTER)
    }
    let opened = OwnedDescriptor(owning: number)
    try Self.bind(number)
    if !Self.setOption(number, SO_RCVBUFFORCE, wanted) { _ = Self.setOption(number, SO_RCVBUF, wanted) }
    try self.init(adopting: opened)
  }

  /// Takes over a socket that another process configured; EPROTOTYPE when it is something else.
  package init(adopting socket: consuming OwnedDescriptor) throws(PlatformError) {
    let number = socket.number
    guard try Self.option(number, SO_DOMAIN) == AF_NETLINK, try Self.option(number, SO_PROTOCOL) == NETLINK_NETFILTER else {
      throw PlatformError("adopt netfilter socket", EPROTOTYPE)
    }
    receiveBuffer = Int(try Self.option(number, SO_RCVBUF))
    descriptor = socket
  }

  private static func bind(_ number: CInt) throws(PlatformError) {
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    try SystemCall.value("bind netfilter socket") {
      unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe Glibc.bind(number, $0, size) }
      }
    }
  }

  private static func setOption(_ number: CInt, _ option: CInt, _ value: CInt) -> Bool {
    var value = value
    return unsafe setsockopt(number, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0
  }

  private static func option(_ number: CInt, _ option: CInt) throws(PlatformError) -> CInt {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    try SystemCall.value("ask netfilter socket") { unsafe getsockopt(number, SOL_SOCKET, option, &value, &size) }
    return value
  }
}
