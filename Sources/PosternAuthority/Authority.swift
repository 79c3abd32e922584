// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Decides knocks: clock, freshness, replay, the key's bucket, record, then policy. A knock that is recorded is spent, whatever
/// policy says of it.
///
/// It reads no clock and writes no file. After each wake-up the caller writes ``unwritten()`` before any grant leaves, and calls
/// ``markWritten(_:)``; when that write fails it sends ``Judgement/withoutRecord`` of each judgement instead.
package struct Authority: Sendable {
  package private(set) var clock: ClockGate
  package private(set) var replay: ReplayMemory
  private var buckets: KeyBuckets
  private let policy: Policy
  private var oneTime: OneTimeRules

  /// Keeps none of the secrets in `tables`. A fence that the ring needs stands from here on, or from the moment at which the clock can
  /// be believed.
  package init(
    tables: GateTables, replay: ReplayMemory, states: KeyStates? = nil, clockIsSynchronised: Bool, at start: Timestamp,
    earliest: Timestamp = ReleaseTime.moment
  ) {
    clock = ClockGate(isTrusted: tables.clockIsTrusted, latest: replay.latest, earliest: earliest)
    self.replay = replay
    self.replay.forgetKeys(otherThan: Set(tables.keys.map(\.fingerprint)))
    buckets = KeyBuckets(tables)
    policy = Policy(tables)
    oneTime = OneTimeRules(tables, states: states ?? KeyStates(tracking: tables.trackedKeys))
    observeClock(isSynchronised: clockIsSynchronised, at: start)
  }

  /// Takes the kernel's word on the clock; to be told at start and whenever it changes.
  package mutating func observeClock(isSynchronised: Bool, at now: Timestamp) {
    clock.isSynchronised = isSynchronised
    try? passClock(at: now)
  }

  /// `answer` is what the knock's code comes to, for a key that needs one.
  package mutating func judge(
    _ knock: Knock, from source: PacketSource, at now: Timestamp, answer: CodeAnswer = .notAsked
  ) -> Judgement {
    do throws(Denial) { try spend(knock, at: now) } catch { return .refused(error, recorded: false) }
    if let flaw = knock.flaw { return .refused(flaw, recorded: true) }
    do throws(Denial) {
      let grants = try policy.grants(knock, from: source, at: now)
      try oneTime.pass(grants, knock, answer, at: now)
      return .granted(grants)
    } catch {
      return .refused(error, recorded: true)
    }
  }

  /// Whether some door demands an operating system, so that SYNs are worth a look.
  package var looksAtSystems: Bool { policy.looksAtSystems }

  /// The systems that may have sent a SYN.
  package func systems(of syn: SynSignature) -> OperatingSystems { policy.systems.systems(of: syn) }

  /// The systems of which a grant has to wait for a SYN; nil where it may leave at once.
  package func awaitedSystems(_ grant: Grant, from source: PacketSource) -> OperatingSystems? {
    policy.awaitedSystems(grant, from: source)
  }

  /// What the ring files must hold before the grants of this wake-up leave.
  package func unwritten() -> [KindBatch] { replay.unwritten(latest: clock.latest) }

  /// A batch that ``unwritten()`` gave is in its file.
  package mutating func markWritten(_ batch: KindBatch) { replay.markWritten(batch) }

  /// What the file of key states must hold before the grants of this wake-up leave.
  package func unwrittenStates() -> KeyStates.Batch { oneTime.states.unwritten() }

  package mutating func markWritten(_ batch: KeyStates.Batch) { oneTime.markWritten(batch) }

  /// What is remembered of a key; nil where nothing is, or nothing that can be relied on.
  package func state(of key: KeyIndex) -> KeyState? { (try? oneTime.states.state(of: key)) ?? nil }

  private mutating func spend(_ knock: Knock, at now: Timestamp) throws(Denial) {
    try passClock(at: now)
    // Whoever saw such a knock may repeat it, but for what in it counts once: there is nothing else to remember, and so no memory that
    // its sender could fill.
    guard let window = knock.knockProtocol.window else {
      try oneTime.check(knock)
      return oneTime.record(knock)
    }
    try Freshness.check(knock.stamp, in: window, at: now)
    try replay.check(knock)
    try oneTime.check(knock)
    try buckets.take(knock.key, at: now)
    try replay.record(knock, key: policy.fingerprint(knock.key), at: now)
    oneTime.record(knock)
  }

  private mutating func passClock(at now: Timestamp) throws(Denial) {
    try clock.pass(at: now)
    replay.payFence(at: now)
  }
}
