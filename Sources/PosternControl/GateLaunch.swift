// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// How the keeper starts a gate: the numbers of the descriptors that it hands over, and the words on its command line.
package struct GateLaunch: Hashable, Sendable {
  /// SOCK_SEQPACKET: frames from gate to keeper. The other way goes ``begin``, once, and at last the end.
  package static let frames: Int32 = 3
  /// Sealed memory with the compiled tables.
  package static let tables: Int32 = 4
  /// The counters page.
  package static let counters: Int32 = 5
  /// The file of key states, open for reading and synchronous writing.
  package static let keyStates: Int32 = 6
  /// The first of the NFLOG sockets; those of NFQUEUE follow the last of them, and then the files of the replay rings, open for reading
  /// and writing.
  package static let firstSource: Int32 = 7
  package static let sourceLimit = 16
  package static let queueLimit = 4
  package static let gateLimit = 4
  /// What the keeper says to a gate that is loaded: the ring and the sources are its own from now on.
  package static let begin: [UInt8] = [1]

  package var generation: UInt32
  /// NFLOG sockets.
  package var sources: Int
  /// NFQUEUE sockets.
  package var queues: Int
  package var gatewayFingerprint: UInt64
  /// Its place among several gates. The first alone writes key states: with others beside it no key has any.
  package var place: Int
  /// The latest clock that the rings of all gates tell of.
  package var latest: Timestamp
  package var rings: [Ring]

  /// One protocol's replay ring.
  package struct Ring: Hashable, Sendable {
    package var kind: KnockProtocol
    package var history: RingHistory

    package init(_ kind: KnockProtocol, _ history: RingHistory) {
      self.kind = kind
      self.history = history
    }
  }

  package init(
    generation: UInt32, sources: Int, queues: Int, gatewayFingerprint: UInt64, place: Int = 0, latest: Timestamp = .zero,
    rings: [Ring]
  ) {
    self.generation = generation
    self.sources = sources
    self.queues = queues
    self.gatewayFingerprint = gatewayFingerprint
    self.place = place
    self.latest = latest
    self.rings = rings
  }

  /// The descriptor of a ring, by its place in ``rings``.
  package func descriptor(ofRing place: Int) -> Int32 { Self.firstSource + Int32(sources + queues + place) }

  package var arguments: [String] {
    [
      String(generation), String(sources), String(queues), String(gatewayFingerprint), String(place), String(latest.nanoseconds),
    ] + rings.map(\.word)
  }

  /// Nil unless the words are exactly what ``arguments`` gives.
  package init?(arguments: [String]) {
    guard (7...6 + KnockProtocol.remembered.count).contains(arguments.count), let generation = UInt32(arguments[0]),
      let sources = Int(arguments[1]),
      (1...Self.sourceLimit).contains(sources), let queues = Int(arguments[2]), (0...Self.queueLimit).contains(queues),
      let fingerprint = UInt64(arguments[3]), let place = Int(arguments[4]), (0..<Self.gateLimit).contains(place),
      let latest = UInt64(arguments[5])
    else { return nil }
    let rings = arguments[6...].compactMap { Ring(word: $0) }
    guard rings.count == arguments.count - 6, Set(rings.map(\.kind)).count == rings.count else { return nil }
    self.init(
      generation: generation, sources: sources, queues: queues, gatewayFingerprint: fingerprint, place: place,
      latest: Timestamp(nanoseconds: latest), rings: rings)
  }
}

extension GateLaunch.Ring {
  /// `spa:known`.
  fileprivate var word: String { "\(kind):\(history.rawValue)" }

  fileprivate init?(word: String) {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let kind = KnockProtocol.remembered.first(where: { $0.description == parts[0] }),
      let history = RingHistory(rawValue: parts[1])
    else { return nil }
    self.init(kind, history)
  }
}
