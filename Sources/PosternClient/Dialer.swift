// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternKnock
package import PosternPlatform

/// Connects to whichever of several addresses answers first, while a door is still being opened: a SYN that a closed door swallowed
/// is soon followed by another.
///
/// Attempts to one address overlap, so that a long way to the server needs no longer pauses. The loop around it keeps the time:
/// every `elapsed` counts from the start.
package struct Dialer: ~Copyable {
  /// An attempt is given up after this; no way to a server takes longer.
  package static let patience = Timestamp.Span.seconds(2)

  private var targets: [DialTarget]
  private var attempts: [DialAttempt] = []

  package init(_ addresses: [SocketAddress]) { targets = addresses.map { DialTarget($0) } }

  /// The connects under way.
  package var attemptCount: Int { attempts.count }

  /// What the addresses said last: for the message when none answered.
  package var failures: String {
    targets.map { "\($0.address): \($0.failure ?? "no answer")" }.joined(separator: "; ")
  }

  /// Gives up attempts that are too old and starts those that are due.
  package mutating func advance(to elapsed: Timestamp.Span) {
    attempts.removeAll { elapsed.nanoseconds - $0.started.nanoseconds >= Self.patience.nanoseconds }
    for index in targets.indices where targets[index].takeDue(at: elapsed) {
      do throws(DialFailure) {
        attempts.append(try DialAttempt.start(targets[index].address, target: index, at: elapsed))
      } catch {
        targets[index].failure = ClientError.reason(error.code)
      }
    }
  }

  /// The moment at which ``advance(to:)`` has something to do.
  package var nextAttempt: Timestamp.Span? { targets.map(\.nextAttempt).min() }

  /// Waits for the first attempt to succeed, at most `limit`; nil when none did. The others are closed with the dialer.
  package mutating func wait(atMost limit: Timestamp.Span) throws(ClientError) -> OwnedDescriptor? {
    var polled = attempts.map { pollfd(fd: $0.number, events: Int16(POLLOUT), revents: 0) }
    let milliseconds = max(0, (limit.nanoseconds + 999_999) / 1_000_000)
    let ready = unsafe poll(&polled, nfds_t(polled.count), Int32(clamping: milliseconds))
    guard ready >= 0 || errno == EINTR else { throw .system("poll") }
    guard ready > 0 else { return nil }
    let ended = zip(attempts, polled).filter { $0.1.revents != 0 }.map(\.0)
    attempts.removeAll { attempt in ended.contains { $0 === attempt } }
    return firstSuccess(ended)
  }

  private mutating func firstSuccess(_ ended: [DialAttempt]) -> OwnedDescriptor? {
    for attempt in ended {
      do throws(DialFailure) {
        return try attempt.finish()
      } catch {
        targets[attempt.target].failure = ClientError.reason(error.code)
      }
    }
    return nil
  }
}
