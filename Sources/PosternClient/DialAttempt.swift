// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternKnock
internal import PosternPlatform

/// One TCP connect under way. A class, since a socket has one owner and an array wants copies.
final class DialAttempt {
  /// Which of the dialer's targets.
  let target: Int
  let started: Timestamp.Span
  let number: Int32
  private var socket: OwnedDescriptor?

  private init(target: Int, started: Timestamp.Span, socket: consuming OwnedDescriptor) {
    self.target = target
    self.started = started
    number = socket.number
    self.socket = consume socket
  }

  /// Sends the SYN and does not wait; throws the errno of an address that cannot even be tried.
  static func start(
    _ address: SocketAddress, target: Int, at elapsed: Timestamp.Span
  ) throws(DialFailure) -> DialAttempt {
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let number = Glibc.socket(address.systemFamily, Int32(kind), 0)
    guard number >= 0 else { throw DialFailure(code: errno) }
    let socket = OwnedDescriptor(owning: number)
    let answer = unsafe address.withSystemAddress { unsafe connect(number, $0, $1) }
    guard answer == 0 || errno == EINPROGRESS else { throw DialFailure(code: errno) }
    return DialAttempt(target: target, started: elapsed, socket: socket)
  }

  /// The connected socket, to be called once poll(2) says that the attempt has ended; throws what it ended with.
  func finish() throws(DialFailure) -> OwnedDescriptor {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { throw DialFailure(code: errno) }
    guard code == 0 else { throw DialFailure(code: code) }
    guard let socket = socket.take() else { throw DialFailure(code: EBADF) }
    return socket
  }
}

/// The errno that ended an attempt.
struct DialFailure: Error {
  let code: Int32
}
