// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables

/// Decides knocks: clock, freshness, replay, the key's bucket, record, then policy. A knock that is recorded is spent, whatever
/// policy says of it.
///
/// It reads no clock and writes no file. After each wake-up the caller writes ``unwritten()`` before any grant leaves, and calls
/// ``markWritten(_:)``; when that write fails it sends ``Judgement/withoutRecord`` of each judgement instead.
package struct Authority: Sendable {
  package private(set) var clock: ClockGate
  package private(set) var replay: ReplayState
  private var buckets: KeyBuckets
  private let policy: Policy

  /// Keeps none of the secrets in `tables`. A fence that the ring needs stands from here on, or from the moment at which the clock can
  /// be believed.
  package init(
    tables: GateTables, replay: ReplayState, clockIsSynchronised: Bool, at start: Timestamp,
    earliest: Timestamp = ReleaseTime.moment
  ) {
    clock = ClockGate(isTrusted: tables.clockIsTrusted, latest: replay.latest, earliest: earliest)
    self.replay = replay
    buckets = KeyBuckets(tables)
    policy = Policy(tables)
    observeClock(isSynchronised: clockIsSynchronised, at: start)
  }

  /// Takes the kernel's word on the clock; to be told at start and whenever it changes.
  package mutating func observeClock(isSynchronised: Bool, at now: Timestamp) {
    clock.isSynchronised = isSynchronised
    try? passClock(at: now)
  }

  package mutating func judge(_ knock: Knock, from source: PacketSource, at now: Timestamp) -> Judgement {
    do throws(Denial) { try spend(knock, at: now) } catch { return .refused(error, recorded: false) }
    do throws(Denial) {
      return .granted(try policy.grant(knock, from: source, at: now))
    } catch {
      return .refused(error, recorded: true)
    }
  }

  /// What the ring file must hold before the grants of this wake-up leave.
  package func unwritten() -> RingBatch { replay.unwritten(latest: clock.latest) }

  /// The batch that ``unwritten()`` gave is in the file.
  package mutating func markWritten(_ batch: RingBatch) { replay.markWritten(batch) }

  private mutating func spend(_ knock: Knock, at now: Timestamp) throws(Denial) {
    try passClock(at: now)
    try Freshness.check(knock.stamp, in: knock.knockProtocol.window, at: now)
    try replay.check(knock)
    try buckets.take(knock.key, at: now)
    try replay.record(knock, key: policy.fingerprint(knock.key), at: now)
  }

  private mutating func passClock(at now: Timestamp) throws(Denial) {
    try clock.pass(at: now)
    replay.payFence(at: now)
  }
}
