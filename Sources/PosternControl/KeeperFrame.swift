// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What the gate tells the keeper, 64 bytes a frame; nothing goes the other way.
///
/// A message on the frame socket is one or more frames of one wake-up. The keeper believes none of it: a compromised gate can
/// write any frame, so each field is checked against the keeper's own tables.
package struct KeeperFrame: Hashable, Sendable {
  package static let byteCount = 64
  /// Frames in one message: what one wake-up may ask for. 4 KiB fit every socket buffer.
  package static let messageLimit = 64

  /// The configuration that the gate runs on; frames of an older one are refused.
  package var generation: UInt32
  package var body: Body

  package init(generation: UInt32, body: Body) {
    self.generation = generation
    self.body = body
  }

  package enum Body: Hashable, Sendable {
    /// The gate is confined and has its keys in place; it waits until the ring and the sources are its own.
    case loaded
    /// The gate listens; it says what it found in the replay ring.
    case ready(RingState)
    case grant(Grant)
    case refusal(Refusal)
    case held(Held)
    case pace(Pace)
    /// A source that reached a limit of what may speak against it.
    case suspect(Suspect)
  }

  /// An authenticated knock that opened nothing.
  package struct Refusal: Hashable, Sendable {
    package var denial: Denial
    package var key: KeyIndex
    package var source: IPAddress
    /// The knock's stamp minus the gateway's clock: tells a user whose clock is wrong by how much.
    package var skew: Timestamp.Span
    /// The lower half of a knock's id that is spent for all that; zero for one that is not.
    package var spent: UInt64

    package init(denial: Denial, key: KeyIndex, source: IPAddress, skew: Timestamp.Span, spent: UInt64 = 0) {
      self.denial = denial
      self.key = key
      self.source = source
      self.skew = skew
      self.spent = spent
    }
  }

  /// A packet that the kernel holds back in a queue.
  package struct Held: Hashable, Sendable {
    package enum Stage: UInt8, Hashable, Sendable, CaseIterable {
      /// Every knock that was logged before the kernel held the packet is decided, and was told before.
      case decided = 0
      /// Knocks that were logged before it are still to be read.
      case arrived
      /// As ``decided``, of a packet that was told of as ``arrived``.
      case decidedAtLast
    }

    package var stage: Stage
    package var queue: UInt16
    /// The kernel's name for it, which a verdict needs.
    package var id: UInt32
    package var source: IPAddress

    package init(_ stage: Stage = .decided, queue: UInt16, id: UInt32, source: IPAddress) {
      self.stage = stage
      self.queue = queue
      self.id = id
      self.source = source
    }
  }

  /// How the gate wants the packets of a log group.
  package struct Pace: Hashable, Sendable {
    /// The group's place among those that the gate reads.
    package var source: UInt16
    /// Many in one datagram, since there are many; otherwise each at once.
    package var isBusy: Bool

    package init(source: UInt16, isBusy: Bool) {
      self.source = source
      self.isBusy = isBusy
    }
  }

  /// What the gate found when it loaded the replay ring.
  package enum RingState: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case continued = 0
    case new
    case fencedMissing
    case fencedDamaged
    case fencedBoot
    case fencedMachine
    case fencedGateway
    case fencedOwed
    /// Never a gate's word: what the keeper makes of ``fencedGateway`` where several gates run.
    case fencedGates

    package var description: String {
      switch self {
      case .continued: "continued"
      case .new: "new"
      case .fencedMissing: "fenced-missing"
      case .fencedDamaged: "fenced-damaged"
      case .fencedBoot: "fenced-other-boot"
      case .fencedMachine: "fenced-other-machine"
      case .fencedGateway: "fenced-other-gateway-key"
      case .fencedOwed: "fenced-still-owed"
      case .fencedGates: "fenced-several-gates"
      }
    }

    package var isFenced: Bool { rawValue >= RingState.fencedMissing.rawValue }
  }
}
