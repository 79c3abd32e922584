// SPDX-License-Identifier: Apache-2.0
package import PosternAuthority
import PosternControl
package import PosternCrypto
import PosternGate
import PosternKeeper
package import PosternKnock
package import PosternTables
package import PosternWire

/// Decides packets with the gate's core and the keeper's, and tells how. It touches no kernel and no file.
///
/// What lies outside both cores is taken for granted: the clock is synchronised and right, the kernel does what it is asked, the
/// keeper's frame arrives at once. Replays, rates and quotas are judged by what was explained before, and by `replay`.
package struct Explainer: ~Copyable {
  /// Frames and rules are of one configuration here.
  private static let generation: UInt32 = 1
  /// Load is shed by lot; here the lots are always the same.
  private static let seed: UInt64 = 0

  private var gate: Gate
  private var keeper: Keeper
  private let roll: NameRoll
  private let systems: SystemTable
  private let own: Set<IPAddress>
  private var clock = ModelClock()
  private var earlier = EarlierPackets()
  private var count = 0

  /// Takes the secrets out of `gateTables`. `own` are addresses of the gateway, for which nothing opens; that to which a packet is
  /// addressed counts as one too.
  package init(
    gateTables: inout GateTables, keeperTables: KeeperTables, replay: ReplayMemory, own: Set<IPAddress>
  ) throws(CryptoError) {
    gate = try Gate(
      tables: &gateTables, replay: replay, clockIsSynchronised: true, seed: Self.seed, at: .zero, earliest: .zero)
    keeper = Keeper(tables: keeperTables, generation: Self.generation)
    // Their secrets are gone.
    roll = NameRoll(gateTables, keeperTables)
    systems = SystemTable(gateTables)
    self.own = own
  }

  /// Decides the next packet, which starts at its IP header; `isCut` says that only the first bytes of it are there.
  package mutating func explain(
    _ packet: RawSpan, prefix: RawSpan, isCut: Bool = false, at now: Timestamp
  ) -> Explanation {
    count += 1
    let moment = clock.advance(to: now)
    gate.observeClock(isSynchronised: true, at: now)
    _ = keeper.expire(at: moment)
    let examination = gate.examine(packet, prefix: prefix, at: now)
    var explanation = Explanation(number: count, time: now, byteCount: packet.byteCount, verdict: .passedOver(""))
    explanation.isCut = isCut
    explanation.prefix = String(decoding: prefix.copied(), as: UTF8.self)
    explanation.knockProtocol = KnockProtocol(prefix: prefix)
    readHeaders(packet, into: &explanation)
    explanation.claim = roll.claim(examination.reading)
    let verdicts = verdicts(examination.outcome, on: explanation, at: moment)
    explanation.verdict = verdicts.first ?? explanation.verdict
    explanation.further = Array(verdicts.dropFirst())
    explanation.ban = consequence(at: moment)
    noteEarlier(packet, examination, in: &explanation)
    return explanation
  }

  /// Counts an input in which there is no packet to decide.
  package mutating func passOver(_ reason: String, byteCount: Int, at now: Timestamp) -> Explanation {
    count += 1
    return Explanation(number: count, time: now, byteCount: byteCount, verdict: .passedOver(reason))
  }

  private func readHeaders(_ packet: RawSpan, into explanation: inout Explanation) {
    guard let view = try? PacketView(packet, explanation.checksums) else { return }
    explanation.headers = PacketHeaders(view)
    explanation.syn = SynSignature(view)
    explanation.systems = explanation.syn.map { systems.systems(of: $0) } ?? []
    guard let knockProtocol = explanation.knockProtocol else { return }
    explanation.addressee = gate.addressee(of: view.payload, knockProtocol, at: explanation.time)
  }

  // MARK: Verdicts

  private mutating func verdicts(
    _ outcome: Gate.Outcome, on explanation: Explanation, at now: Moment
  ) -> [Explanation.Verdict] {
    switch outcome {
    case .refused(let denial): [.refused(denial, by: .gate)]
    case .step: [.step]
    case .refusedKnown(let refusal): [.refused(refusal.denial, by: .gate)]
    case .granted(let grants): grants.map { keeperVerdict($0, on: explanation, at: now) }
    }
  }

  /// The grant goes to the keeper as it does in earnest: as a frame of bytes.
  private mutating func keeperVerdict(_ grant: Grant, on explanation: Explanation, at now: Moment) -> Explanation.Verdict {
    var writer = WireWriter(capacity: KeeperFrame.byteCount)
    KeeperFrame(generation: Self.generation, body: .grant(grant)).encode(into: &writer)
    let bytes = writer.bytes
    guard let frame = try? bytes.withBytes({ bytes throws(WireError) in try KeeperFrame(decoding: bytes) }) else {
      return .refused(.frameMalformed, by: .keeper)
    }
    let own = explanation.headers.map { self.own.union([$0.destination]) } ?? self.own
    let work = keeper.decide([frame], own: own, at: now)
    // Nobody is here to start them.
    keeper.forgetErrands()
    let events = keeper.settle(work, failures: [:], at: now)
    return KeeperVerdict(events, work.changes, keeper.rules.catalog, notes: grant.notes, at: now).verdict
  }

  /// What the keeper makes of a source that has come to a limit.
  private mutating func consequence(at now: Moment) -> Explanation.Consequence? {
    let frames = gate.takeSuspects().map { KeeperFrame(generation: Self.generation, body: .suspect($0)) }
    guard !frames.isEmpty else { return nil }
    let events = keeper.settle(keeper.decide(frames, own: own, at: now), failures: [:], at: now)
    for event in events {
      if case .banned(let ban, let seconds) = event {
        return .banned(ban.sourceText, seconds: seconds, cause: ban.cause.description)
      }
      if case .banRefused(let refusal) = event { return .spared(refusal.denial) }
    }
    return nil
  }

  /// Remembers the packet, or names the one that it repeats.
  private mutating func noteEarlier(_ packet: RawSpan, _ examination: Gate.Examination, in explanation: inout Explanation) {
    guard let view = try? PacketView(packet, explanation.checksums) else { return }
    explanation.repeats = earlier.note(view.payload, examination, number: explanation.number)
  }
}

extension Explanation {
  fileprivate var checksums: ChecksumRule { knockProtocol?.checksums ?? .strict }
}
