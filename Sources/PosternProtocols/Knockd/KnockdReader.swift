// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads sequences of packets as knockd's users know them.
///
/// A packet counts when it is a step of any sequence; others break nothing. A source that has begun nothing begins every sequence whose
/// first step the packet is. Of a source that has begun something the packet is tried on each of its attempts and used up by that: the
/// next step goes on, any other packet ends the attempt; TCP segments whose flags do not fit are passed over. The time runs from the
/// first step. Where several sequences end with one packet, the first in the configuration has its way.
///
/// Sources never touch each other, nor do sequences. Of a list of one-time sequences the first unused one counts, for everybody, and is
/// used with its last packet, whatever becomes of the knock.
package struct KnockdReader: ~Copyable, Sendable {
  private struct Member: Sendable {
    let key: KeyIndex
    let credential: KnockdCredential
    /// What opens the door now; no steps when the list is used up.
    private(set) var steps: [KnockdStep] = []
    /// The number of the list's line; zero for a sequence that always counts.
    private(set) var line: UInt32 = 0

    init(_ key: KeyIndex, _ credential: KnockdCredential) {
      self.key = key
      self.credential = credential
      switch credential.sequences {
      case .always(let steps): self.steps = steps
      case .oneTime(let lines): takeUp(lines.first)
      }
    }

    /// The line that counts now; nil when the list is used up.
    var current: UInt32? { steps.isEmpty ? nil : line }

    mutating func takeUp(_ line: KnockdCredential.Line?) {
      steps = line?.steps ?? []
      self.line = line?.number ?? 0
    }

    func fit(_ packet: KnockdPacket, _ progress: KnockdProgress, taken: Int) -> Fit {
      let isRepeat = credential.ignoresRetransmissions && progress.knows(packet.segment)
      if progress.isOver { return isRepeat ? .repeated : .none }
      guard line == progress.line, taken < steps.count else { return .none }
      guard admits(packet.destination), packet.isLookedAt(by: steps[taken], of: steps) else { return .passedOver }
      if packet.fits(steps[taken]) { return taken + 1 == steps.count ? .last : .next }
      return isRepeat ? .repeated : .wrong
    }

    private func admits(_ destination: IPAddress) -> Bool {
      credential.targets.isEmpty || credential.targets.contains(destination)
    }
  }

  /// What a packet is to an attempt.
  private enum Fit {
    /// Of a line that was used meanwhile, or opened before: as good as no attempt.
    case none
    case passedOver
    case repeated
    case next
    case last
    case wrong
  }

  private var members: [Member]
  private var places: [KeyIndex: Int]
  private var index: KnockdIndex
  private var attempts: Attempts<KnockdProgress>

  /// `seed` keeps strangers from choosing addresses that slow the table of attempts down.
  package init(
    _ keys: [Registered<KnockdCredential>], seed: UInt64, capacity: Int = AttemptLimit.capacity
  ) {
    members = keys.map { Member($0.key, $0.credential) }
    places = Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    attempts = Attempts(
      blank: KnockdProgress(line: 0), capacity: keys.isEmpty ? 0 : capacity, perSource: KnockdCredential.mostOfOneBeginning,
      seed: seed)
    index = KnockdIndex(members.map { ($0.credential.targets, $0.steps) })
  }

  /// What is remembered of a one-time list: the lines before this number are used.
  package mutating func resume(_ key: KeyIndex, at number: UInt64) {
    if let place = places[key] { use(place, upTo: number) }
  }

  private mutating func use(_ place: Int, upTo number: UInt64) {
    guard case .oneTime(let lines) = members[place].credential.sequences else { return }
    let line = lines.first { UInt64($0.number) >= number }
    guard line?.number != members[place].current else { return }
    index.remove(place, members[place].steps)
    members[place].takeUp(line)
    index.insert(place, members[place].steps)
  }

  /// Half-finished knocks.
  package var attemptCount: Int { attempts.count }

  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard let candidate = KnockdPacket(packet) else { return .refused(.wrongTransport) }
    guard index.lists(candidate) else { return .refused(.outOfSequence) }
    let source = packet.source
    attempts.endExpired(of: source, at: now)
    return goOn(candidate, from: source, at: now) ?? begin(candidate, from: source, at: now)
  }
}

extension KnockdReader {
  /// Nil when the source has no attempt.
  private mutating func goOn(_ packet: KnockdPacket, from source: IPAddress, at now: Timestamp) -> Reading? {
    var reading: Reading?
    var opened: Int?
    var next = attempts.newest(of: source)
    // One that is not there any more was pushed out by a step of another one.
    while let place = next, attempts.steps(place) > 0 {
      next = attempts.older(than: place)
      let member = places[attempts.key(place)] ?? 0
      switch members.span[member].fit(packet, attempts[place], taken: attempts.steps(place)) {
      case .none: attempts.end(place)
      case .passedOver: reading = reading ?? .refused(.outOfSequence)
      case .repeated: reading = reading ?? .refused(.duplicate)
      case .wrong:
        attempts.end(place)
        reading = reading ?? .refused(.outOfSequence)
      case .next:
        take(packet, at: place)
        reading = .step
      case .last:
        finish(packet, at: place, ignoresRetransmissions: members.span[member].credential.ignoresRetransmissions)
        opened = member
      }
    }
    return opened.map { open($0, from: source, at: now) } ?? reading
  }

  private mutating func take(_ packet: KnockdPacket, at place: Attempts<KnockdProgress>.Place) {
    attempts[place].note(packet.segment)
    attempts.advance(place)
  }

  /// A finished attempt only stays to know its own segments again.
  private mutating func finish(
    _ packet: KnockdPacket, at place: Attempts<KnockdProgress>.Place, ignoresRetransmissions: Bool
  ) {
    guard ignoresRetransmissions else { return attempts.end(place) }
    attempts[place].isOver = true
    take(packet, at: place)
  }

  private mutating func begin(_ packet: KnockdPacket, from source: IPAddress, at now: Timestamp) -> Reading {
    var reading = Reading.refused(.outOfSequence)
    var opened: Int?
    var next = index.begun(by: packet)
    while let place = next {
      next = index.begun(by: packet, from: place + 1)
      let isWhole = members.span[place].steps.count == 1
      if isWhole { opened = opened ?? place } else { reading = .step }
      guard !isWhole || members.span[place].credential.ignoresRetransmissions else { continue }
      var progress = KnockdProgress(line: members.span[place].line)
      progress.note(packet.segment)
      progress.isOver = isWhole
      attempts.begin(
        source, members.span[place].key, progress, lifetime: members.span[place].credential.timeout, at: now)
    }
    return opened.map { open($0, from: source, at: now) } ?? reading
  }

  /// Whoever saw the packets can send them again, unless they are of a list.
  private mutating func open(_ place: Int, from source: IPAddress, at now: Timestamp) -> Reading {
    let member = members[place]
    var knock = Knock(
      knockProtocol: .knockd, id: SequenceKnockID.id(.knockd, member.key, source, at: now), stamp: now, key: member.key,
      action: .open, wish: .door(nil), ipv4: source.claim4, ipv6: source.claim6, strength: .plain)
    if member.credential.isOneTime {
      let number = UInt64(member.line)
      knock.strength = .keyed
      knock.oneTime.number = number
      use(place, upTo: number + 1)
    }
    return .knock(knock)
  }
}
