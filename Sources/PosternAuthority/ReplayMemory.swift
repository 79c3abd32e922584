// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// The replay memory of every protocol whose knocks count once: a ``ReplayState``, and so a ring file, for each.
package struct ReplayMemory: Sendable {
  private var states: [ReplayState]
  /// The place of each protocol's state, by its raw value.
  private let places: [Int?]

  /// A protocol without a state accepts nothing.
  package init(_ states: [ReplayState]) {
    self.states = states
    let highest = KnockProtocol.allCases.map { Int($0.rawValue) }.max() ?? 0
    var places = [Int?](repeating: nil, count: highest + 1)
    for (place, state) in states.enumerated() { places[Int(state.layout.kind.rawValue)] = place }
    self.places = places
  }

  package subscript(_ kind: KnockProtocol) -> ReplayState? { places[Int(kind.rawValue)].map { states[$0] } }

  /// The latest clock that any file told of.
  package var latest: Timestamp { states.map(\.latest).max() ?? .zero }

  /// Refuses as ``ReplayWindow/check(_:stamp:)`` does.
  package func check(_ knock: Knock) throws(Denial) {
    guard let place = places[Int(knock.knockProtocol.rawValue)] else { throw .ringFull }
    try states[place].check(knock)
  }

  /// Refuses as ``ReplayWindow/record(_:stamp:key:at:)`` does.
  package mutating func record(_ knock: Knock, key: UInt64, at now: Timestamp) throws(Denial) {
    guard let place = places[Int(knock.knockProtocol.rawValue)] else { throw .ringFull }
    try states[place].record(knock, key: key, at: now)
  }

  /// Does as ``ReplayState/forgetKeys(otherThan:)`` for each.
  package mutating func forgetKeys(otherThan present: Set<UInt64>) {
    for place in states.indices { states[place].forgetKeys(otherThan: present) }
  }

  /// Does as ``ReplayState/payFence(at:)`` for each.
  package mutating func payFence(at now: Timestamp) {
    for place in states.indices { states[place].payFence(at: now) }
  }

  /// What is to be written before the grants of this wake-up leave.
  package func unwritten(latest: Timestamp) -> [KindBatch] {
    var batches: [KindBatch] = []
    for state in states {
      let batch = state.unwritten(latest: latest)
      if !batch.isEmpty { batches.append(KindBatch(kind: state.layout.kind, batch: batch)) }
    }
    return batches
  }

  /// The batch is in its file.
  package mutating func markWritten(_ batch: KindBatch) {
    guard let place = places[Int(batch.kind.rawValue)] else { return }
    states[place].markWritten(batch.batch)
  }
}

/// What is to be written to the ring of one protocol.
package struct KindBatch: Hashable, Sendable {
  package let kind: KnockProtocol
  package let batch: RingBatch

  package init(kind: KnockProtocol, batch: RingBatch) {
    self.kind = kind
    self.batch = batch
  }
}
