// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

/// How far all sources together have come in a code.
struct Cd00rPosition: Hashable, Sendable {
  var taken = 0
  /// Who took the first step, and when; nil before it.
  let sender: IPAddress?
  private let begun: Timestamp

  /// Before the first step.
  init() {
    sender = nil
    begun = .zero
  }

  init(begunBy sender: IPAddress, at begun: Timestamp) {
    self.sender = sender
    self.begun = begun
  }

  /// Not so, either, when the clock went back behind the first step.
  func isAlive(for lifetime: Timestamp.Span, at now: Timestamp) -> Bool {
    taken > 0 && begun <= now && now < begun + lifetime
  }
}
