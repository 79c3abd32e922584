// SPDX-License-Identifier: Apache-2.0
import CPosternShims

/// One epoll instance (epoll(7), level-triggered); what is ready is named by the token given with it.
package struct EventLoop: ~Copyable {
  package struct Interest: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = Interest(rawValue: EPOLLIN.rawValue)
    package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// The other side sends nothing more.
    package static let peerEnd = Interest(rawValue: EPOLLRDHUP.rawValue)
  }

  package struct Event: Hashable, Sendable {
    package let token: UInt64
    package let isReadable: Bool
    package let isWritable: Bool
    /// The other side is gone or the descriptor failed: read until the end to learn which.
    package let isClosed: Bool

    package init(token: UInt64, isReadable: Bool, isWritable: Bool, isClosed: Bool) {
      self.token = token
      self.isReadable = isReadable
      self.isWritable = isWritable
      self.isClosed = isClosed
    }
  }

  private let descriptor: OwnedDescriptor
  private var events: [postern_event]

  /// At most `capacity` events (and never more than 64) come from one wait; the rest from the next.
  package init(capacity: Int = 32) throws(PlatformError) {
    descriptor = try OwnedDescriptor("create event loop") { postern_epoll_create() }
    events = Array(repeating: postern_event(), count: max(capacity, 1))
  }

  package func add(_ source: borrowing OwnedDescriptor, token: UInt64, for interest: Interest = .read) throws(PlatformError) {
    try control("watch descriptor", EPOLL_CTL_ADD, source.number, token, interest)
  }

  /// Watches a descriptor whose owner is another type, by its number.
  package func add(lending number: CInt, token: UInt64) throws(PlatformError) {
    try control("watch descriptor", EPOLL_CTL_ADD, number, token, .read)
  }

  package func change(_ source: borrowing OwnedDescriptor, token: UInt64, for interest: Interest) throws(PlatformError) {
    try control("change watched descriptor", EPOLL_CTL_MOD, source.number, token, interest)
  }

  package func remove(_ source: borrowing OwnedDescriptor) throws(PlatformError) { try remove(lending: source.number) }

  /// Forgets a descriptor whose owner is another type, by its number.
  package func remove(lending number: CInt) throws(PlatformError) {
    try control("forget descriptor", EPOLL_CTL_DEL, number, 0, [])
  }

  /// The number of events, zero after the timeout; nil waits for ever. Read them with the subscript before the next wait.
  package mutating func wait(milliseconds: CInt?) throws(PlatformError) -> Int {
    let number = descriptor.number
    let capacity = CInt(clamping: events.count)
    return Int(
      try SystemCall.value("wait for events") { unsafe postern_epoll_wait(number, &events, capacity, milliseconds ?? -1) })
  }

  /// Event `index` of the last wait.
  package subscript(index: Int) -> Event {
    let event = events[index]
    let mask = event.events
    return Event(
      token: event.token, isReadable: mask & EPOLLIN.rawValue != 0, isWritable: mask & EPOLLOUT.rawValue != 0,
      isClosed: mask & (EPOLLHUP.rawValue | EPOLLERR.rawValue | EPOLLRDHUP.rawValue) != 0)
  }

  private func control(
    _ operation: StaticString, _ action: CInt, _ source: CInt, _ token: UInt64, _ interest: Interest
  ) throws(PlatformError) {
    let number = descriptor.number
    try SystemCall.value(operation) { postern_epoll_control(number, action, source, interest.rawValue, token) }
  }
}
