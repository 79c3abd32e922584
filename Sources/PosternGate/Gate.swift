// SPDX-License-Identifier: Apache-2.0
package import PosternAuthority
package import PosternControl
package import PosternCrypto
package import PosternKnock
import PosternProtocols
package import PosternTables
import PosternWire

/// The gate without its kernel: a captured packet and the time go in, a decision comes out. It reads no clock and writes no file.
///
/// Before the grants of a wake-up leave, its caller writes ``unwritten()`` to the replay rings and ``unwrittenStates()`` to the file of key
/// states, and says ``markWritten(_:)`` of each.
package struct Gate: ~Copyable {
  private var readers: Registry
  private let factors: SecondFactors
  private var authority: Authority
  private var awaited: AwaitedSystems
  private var watch: IntrusionWatch

  /// What became of one packet.
  package enum Outcome: Hashable, Sendable {
    /// A stranger's: only counted.
    case refused(Denial)
    /// A part of a knock that is not complete yet, or one that waits for its client's first packet: only counted.
    case step
    /// A known key's, which opened nothing: counted and told.
    case refusedKnown(KeeperFrame.Refusal)
    /// One grant, or several where the knock names services behind several doors.
    case granted([Grant])
  }

  /// What one packet said and what became of it; the two fit each other.
  package struct Examination: Hashable, Sendable {
    package var reading: Reading
    package var outcome: Outcome
  }

  /// Takes the secrets out of `tables`. `seed` feeds the random shedding of load and nothing else; no clock that shows a time before
  /// `earliest` is believed.
  package init(
    tables: inout GateTables, replay: ReplayMemory, clockIsSynchronised: Bool, seed: UInt64, at start: Timestamp,
    earliest: Timestamp = ReleaseTime.moment
  ) throws(CryptoError) {
    let prepared = try PreparedGate(tables: &tables, seed: seed, at: start)
    self = prepared.begin(replay: replay, clockIsSynchronised: clockIsSynchronised, at: start, earliest: earliest)
  }

  init(
    _ readers: consuming Registry, _ factors: consuming SecondFactors, _ authority: Authority, _ watch: IntrusionWatch
  ) {
    self.readers = readers
    self.factors = factors
    self.authority = authority
    awaited = AwaitedSystems()
    self.watch = watch
  }

  /// Decides one packet, which starts at its IP header. `prefix` is the NFLOG prefix of the rule that logged it: it names the
  /// protocol, so that no packet is tried against any other.
  package mutating func receive(_ packet: RawSpan, prefix: RawSpan, at now: Timestamp) -> Outcome {
    examine(packet, prefix: prefix, at: now).outcome
  }

  /// Decides as ``receive(_:prefix:at:)`` does, which is made of this, and tells what was read besides.
  package mutating func examine(_ packet: RawSpan, prefix: RawSpan, at now: Timestamp) -> Examination {
    guard let knockProtocol = KnockProtocol(prefix: prefix) else { return unknown(packet, prefix: prefix, at: now) }
    let view: PacketView
    do throws(PacketFlaw) { view = try PacketView(packet, knockProtocol.checksums) } catch { return .unread(Denial(error)) }
    let reading = readers.read(view, as: knockProtocol, at: now)
    let outcome = decide(reading, from: view, at: now)
    weigh(outcome, from: view, at: now)
    return Examination(reading: reading, outcome: outcome)
  }

  private mutating func unknown(_ packet: RawSpan, prefix: RawSpan, at now: Timestamp) -> Examination {
    guard KnockProtocol.isTouch(prefix) else { return .unread(.unknownPrefix) }
    guard let touch = Touch(packet) else { return .unread(.malformedHeaders) }
    watch.touch(touch.transport, touch.port, from: touch.source, at: now)
    return .unread(.touch)
  }

  /// Holds a refused packet against its source. It changes no decision, before or after.
  private mutating func weigh(_ outcome: Outcome, from view: borrowing PacketView, at now: Timestamp) {
    guard watch.isOn else { return }
    switch outcome {
    // Parts of knocks lie at many ports.
    case .step, .granted: return
    case .refused(let denial): watch.refused(denial, view.transport, from: view.source, at: now)
    case .refusedKnown(let refusal): watch.refused(refusal.denial, view.transport, from: view.source, at: now)
    }
  }

  /// The sources that reached a limit of `[defence]` since the last call, for the keeper to look at.
  package mutating func takeSuspects() -> [Suspect] { watch.takeSuspects() }

  /// The secrets of the gateway that a packet's data is made for; nil when it is for none that are valid now.
  package func addressee(of data: RawSpan, _ knockProtocol: KnockProtocol, at now: Timestamp) -> Addressee? {
    readers.addressee(of: data, knockProtocol, at: now)
  }

  private mutating func decide(_ reading: Reading, from view: borrowing PacketView, at now: Timestamp) -> Outcome {
    switch reading {
    case .refused(let denial): return .refused(denial)
    case .step: return .step
    case .refusedKnown(let denial, let key):
      return .refusedKnown(.init(denial: denial, key: key, source: view.source, skew: .seconds(0)))
    case .knock(let knock):
      let syn = authority.looksAtSystems ? SynSignature(view) : nil
      let source = PacketSource(address: view.source, port: view.transport.sourcePort, syn: syn)
      let state = authority.state(of: knock.key)
      let answer = state.map { factors.answer(to: knock, $0, at: now) } ?? .notAsked
      switch authority.judge(knock, from: source, at: now, answer: answer) {
      case .granted(let grants):
        if knock.strength == .authenticated { watch.proved(grants, at: now) }
        return admit(grants, from: source, at: now)
      case .refused(let denial, let isRecorded):
        return .refusedKnown(
          .init(
            denial: denial, key: knock.key, source: source.address, skew: knock.stamp - now,
            spent: isRecorded ? knock.grantID.low : 0))
      }
    }
  }

  // MARK: First packets

  /// Lets those grants leave that wait for no SYN, or whose SYN was there before them.
  private mutating func admit(_ grants: [Grant], from source: PacketSource, at now: Timestamp) -> Outcome {
    guard authority.looksAtSystems else { return .granted(grants) }
    let leaving = grants.filter { grant in
      guard let systems = authority.awaitedSystems(grant, from: source) else { return true }
      return awaited.admit(grant, systems, from: source.address, at: now)
    }
    return leaving.isEmpty ? .step : .granted(leaving)
  }

  /// Looks at a packet that the kernel holds back, which starts at its IP header, and answers what it lets happen.
  package mutating func receive(held packet: RawSpan, at now: Timestamp) -> [Outcome] {
    guard authority.looksAtSystems, let view = try? PacketView(packet), let syn = SynSignature(view) else { return [] }
    let grants = awaited.see(authority.systems(of: syn), from: view.source, at: now)
    return grants.isEmpty ? [] : [.granted(grants)]
  }

  /// Refuses the grants that have waited long enough for a SYN; without a time all that wait.
  package mutating func endWaiting(at now: Timestamp?) -> [Outcome] {
    awaited.isEmpty ? [] : awaited.end(at: now).map { .refusedKnown($0) }
  }

  /// Takes the kernel's word on the clock, and does what is due with time before a packet asks for it; to be told at least once a
  /// second.
  package mutating func observeClock(isSynchronised: Bool, at now: Timestamp) {
    authority.observeClock(isSynchronised: isSynchronised, at: now)
    readers.advance(to: now)
  }

  /// What the replay rings must hold before the grants of this wake-up leave; empty where there is nothing to write.
  package func unwritten() -> [KindBatch] { authority.unwritten() }

  package mutating func markWritten(_ batch: KindBatch) { authority.markWritten(batch) }

  /// What the file of key states must hold before the grants of this wake-up leave.
  package func unwrittenStates() -> KeyStates.Batch { authority.unwrittenStates() }

  package mutating func markWritten(_ batch: KeyStates.Batch) { authority.markWritten(batch) }
}

extension Gate.Examination {
  fileprivate static func unread(_ denial: Denial) -> Self { Self(reading: .refused(denial), outcome: .refused(denial)) }
}

extension Denial {
  init(_ flaw: PacketFlaw) {
    self =
      switch flaw {
      case .malformed: .malformedHeaders
      case .fragment: .fragment
      case .checksum: .badChecksum
      case .transport: .wrongTransport
      }
  }
}
