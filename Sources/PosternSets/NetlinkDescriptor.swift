// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc

/// An open NETLINK_NETFILTER socket, closed with the value.
struct NetlinkDescriptor: ~Copyable {
  let number: Int32
  /// The kernel's name for this socket: messages that it causes carry it.
  let portID: UInt32

  init(isNonblocking: Bool) throws(SetError) {
    let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | (isNonblocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
    let descriptor = socket(AF_NETLINK, kind, NETLINK_NETFILTER)
    guard descriptor >= 0 else { throw SetError(errno: errno) }
    var port: UInt32 = 0
    guard unsafe postern_netlink_bind(descriptor, &port) == 0 else {
      let code = errno
      close(descriptor)
      throw SetError(errno: code)
    }
    number = descriptor
    portID = port
  }

  deinit { close(number) }

  /// Sends `messages` as one datagram.
  func send(_ messages: borrowing MessageBuffer) throws(SetError) {
    guard !messages.hasOverflowed else { throw .other(EMSGSIZE) }
    let sent = messages.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe postern_netlink_send(number, $0.baseAddress, $0.count) }
    }
    guard sent == messages.count else { throw sent < 0 ? SetError(errno: errno) : .other(EMSGSIZE) }
  }

  /// Receives one datagram of the kernel and gives its length. Datagrams of others are passed over, signals waited out.
  ///
  /// Throws the plain errno: EAGAIN when nothing came, ENOBUFS when the kernel had to drop messages, EMSGSIZE for a datagram
  /// longer than the buffer.
  func receive(into buffer: inout [UInt8]) throws(Errno) -> Int {
    while true {
      var sender: UInt32 = 0
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe postern_netlink_receive(number, $0.baseAddress, $0.count, &sender)
      }
      if count < 0 {
        guard errno == EINTR else { throw Errno(code: errno) }
        continue
      }
      guard sender == 0 else { continue }
      guard count <= buffer.count else { throw Errno(code: EMSGSIZE) }
      return count
    }
  }

  /// What a receive failed with.
  struct Errno: Error {
    let code: Int32
  }

  /// Asks for a buffer of `size` bytes, past the system's limit where that is allowed; gives what the kernel granted.
  func reserve(_ buffer: Buffer, _ size: Int32) -> Int {
    if !set(SOL_SOCKET, buffer.forced, size) { set(SOL_SOCKET, buffer.limited, size) }
    var granted: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(number, SOL_SOCKET, buffer.limited, &granted, &length) == 0 else { return 0 }
    return Int(granted)
  }

  enum Buffer {
    case send
    case receive

    var forced: Int32 { self == .send ? SO_SNDBUFFORCE : SO_RCVBUFFORCE }
    var limited: Int32 { self == .send ? SO_SNDBUF : SO_RCVBUF }
  }

  /// Bounds every receive: a lost answer must not hang its caller.
  func limitReceive(seconds: Int) throws(SetError) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    guard unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, size) == 0 else { throw SetError(errno: errno) }
  }

  /// Has the kernel leave out what the socket with this port causes.
  func ignore(port: UInt32) throws(SetError) {
    guard postern_netlink_ignore_port(number, port) == 0 else { throw SetError(errno: errno) }
  }

  /// Has the kernel leave out events of flows whose mark has none of these bits.
  func want(marks bits: UInt32) throws(SetError) {
    guard postern_netlink_want_marks(number, bits) == 0 else { throw SetError(errno: errno) }
  }

  /// Sets an option of netlink itself.
  func setNetlink(_ option: Int32, _ value: Int32) throws(SetError) {
    guard set(SOL_NETLINK, option, value) else { throw SetError(errno: errno) }
  }

  @discardableResult
  private func set(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
    var value = value
    return unsafe setsockopt(number, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }
}
