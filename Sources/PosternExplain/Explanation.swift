// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What one packet said and what would become of it.
package struct Explanation: Hashable, Sendable {
  package enum Judge: String, Hashable, Sendable {
    case gate, keeper
  }

  package enum Verdict: Hashable, Sendable {
    case opened(Opening)
    case closed([LeaseComment], [ElementChange])
    /// The user is only watched: what would be given to others.
    case observed(Opening)
    case refused(Denial, by: Judge)
    /// An action would start, or would for others than a user who is only watched.
    case started(Name, isOnlyObserved: Bool)
    /// A part of a knock of several packets, which is not complete yet.
    case step
    /// There was nothing to decide, for this reason.
    case passedOver(String)
  }

  /// What becomes of a source that reached a limit of `[defence]`.
  package enum Consequence: Hashable, Sendable {
    /// For so many seconds.
    case banned(String, seconds: UInt32, cause: String)
    case spared(Denial)
  }

  /// A lease that would be given.
  package struct Opening: Hashable, Sendable {
    package let lease: LeaseComment
    package let seconds: UInt32
    package let ends: Timestamp
    /// An open lease of the same key goes on.
    package let isRenewal: Bool
    package let notes: [String]
    package let changes: [ElementChange]
  }

  /// Counts inputs from one.
  package let number: Int
  package let time: Timestamp
  /// From the IP header on.
  package let byteCount: Int
  /// Whether the capture kept only the first bytes.
  package internal(set) var isCut = false
  /// The NFLOG prefix; nil where there was no packet.
  package internal(set) var prefix: String?
  /// Nil where they do not read.
  package internal(set) var headers: PacketHeaders?
  /// Nil for a prefix that names none.
  package internal(set) var knockProtocol: KnockProtocol?
  /// The secrets of the gateway that it is made for; nil for none that are valid then.
  package internal(set) var addressee: Addressee?
  /// What a SYN that opens a flow shows of its sender's system, and the systems that it may be.
  package internal(set) var syn: SynSignature?
  package internal(set) var systems: OperatingSystems = []
  package internal(set) var claim: Claim?
  package internal(set) var verdict: Verdict
  /// Whom the packet, with those before it, gets banned, or why nobody is.
  package internal(set) var ban: Consequence?
  /// What becomes of the other doors of a knock that asks for several.
  package internal(set) var further: [Verdict] = []
  /// The number of the earlier packet of which this is a copy or a replay.
  package internal(set) var repeats: Int?

  init(number: Int, time: Timestamp, byteCount: Int, verdict: Verdict) {
    self.number = number
    self.time = time
    self.byteCount = byteCount
    self.verdict = verdict
  }

  /// The knock's stamp minus the time at which it is judged.
  package var skew: Timestamp.Span? { claim?.knock.map { $0.stamp - time } }
}
