// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock
package import PosternWire

/// What one lease of a door with actions has to start yet, and what was asked for and has not ended.
///
/// It is on the disk before anything of it is asked for, and until its last close action has ended.
package struct ActionDebt: Hashable, Sendable {
  package enum Phase: UInt8, Hashable, Sendable, CaseIterable {
    /// The lease stands.
    case open = 1
    /// It is over; what its beginning started still runs.
    case ending
    /// Its close actions run.
    case closing
  }

  /// One start that the runner was asked for.
  package struct Asked: Hashable, Sendable {
    package var action: Name
    package var occasion: ActionOccasion

    package init(_ action: Name, _ occasion: ActionOccasion) {
      self.action = action
      self.occasion = occasion
    }
  }

  package var comment: LeaseComment
  package var source: IPAddress?
  package var port: Port?
  package var phase = Phase.open
  /// Still to be asked for.
  package var opens: [Name]
  package var closes: [Name]
  package var service: Name?
  /// Whether something of the beginning was started, or there is nothing to start: then the end has its actions.
  package var hasBegun: Bool
  package var asked: [RunnerRequest.Ticket: Asked] = [:]
  /// The service's ticket with the runner that lives now, whether that knows how long the lease lasts, and whether it listens. Not on
  /// the disk.
  package var serving: RunnerRequest.Ticket?
  package var isServed = false
  package var isListening = false

  package init(
    _ comment: LeaseComment, source: IPAddress?, port: Port?, opens: [Name], closes: [Name], service: Name?
  ) {
    self.comment = comment
    self.source = source
    self.port = port
    self.opens = opens
    self.closes = closes
    self.service = service
    hasBegun = opens.isEmpty
  }

  /// Whether there is something to ask for now.
  var isWaiting: Bool {
    switch phase {
    case .open: !opens.isEmpty || (service != nil && !isServed)
    case .ending: false
    case .closing: !closes.isEmpty
    }
  }

  /// The lease is over, or a start of its beginning has ended: the end has its turn when nothing of the beginning runs any more.
  mutating func advance() {
    guard phase == .ending, asked.isEmpty else { return }
    phase = .closing
    if !hasBegun { closes = [] }
  }

  /// A runner that knew of the service is gone.
  mutating func forgetService() { (serving, isServed, isListening) = (nil, false, false) }

  /// Whether nothing is left to do.
  var isSettled: Bool { phase == .closing && closes.isEmpty && asked.isEmpty }
}
