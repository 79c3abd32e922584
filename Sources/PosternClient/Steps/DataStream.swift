// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// A connection that carries one piece of data there and nothing back.
enum DataStream {
  private static let patience = Timestamp.Span.seconds(5)

  /// Connects, sends and closes; throws ``ClientError/noAnswer(_:)`` when nobody takes the connection.
  static func send(_ data: [UInt8], to target: SocketAddress, hopLimit: UInt8?) throws(ClientError) {
    let stream = try connect(to: target)
    try stream.setHopLimit(hopLimit, target.address.family)
    // One call, so that the data travels in one segment: who reads packets puts nothing together.
    guard unsafe Glibc.send(stream.number, data, data.count, Int32(MSG_NOSIGNAL)) == data.count else {
      throw .system("sending to \(target)")
    }
  }

  private static func connect(to target: SocketAddress) throws(ClientError) -> OwnedDescriptor {
    do throws(DialFailure) {
      let attempt = try DialAttempt.start(target, target: 0, at: Timestamp.Span(nanoseconds: 0))
      var ready = pollfd(fd: attempt.number, events: Int16(POLLOUT), revents: 0)
      let milliseconds = Int32(clamping: patience.nanoseconds / 1_000_000)
      guard unsafe poll(&ready, 1, milliseconds) > 0 else { throw DialFailure(code: ETIMEDOUT) }
      return try attempt.finish()
    } catch {
      throw .noAnswer("connecting to \(target): \(ClientError.reason(error.code))")
    }
  }
}
