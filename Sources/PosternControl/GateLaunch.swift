// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// How the keeper starts a gate: the numbers of the descriptors that it hands over, and the words on its command line.
package struct GateLaunch: Hashable, Sendable {
  /// SOCK_SEQPACKET: frames from gate to keeper. The other way goes ``begin``, once, and at last the end.
  package static let frames: Int32 = 3
  /// Sealed memory with the compiled tables.
  package static let tables: Int32 = 4
  /// The replay ring's file, open for reading and writing.
  package static let ring: Int32 = 5
  /// The counters page.
  package static let counters: Int32 = 6
  /// The first of the NFLOG sockets; those of NFQUEUE follow the last of them.
  package static let firstSource: Int32 = 7
  package static let sourceLimit = 16
  package static let queueLimit = 4
  /// What the keeper says to a gate that is loaded: the ring and the sources are its own from now on.
  package static let begin: [UInt8] = [1]

  package var generation: UInt32
  /// NFLOG sockets.
  package var sources: Int
  /// NFQUEUE sockets.
  package var queues: Int
  package var gatewayFingerprint: UInt64
  package var history: RingHistory

  package init(generation: UInt32, sources: Int, queues: Int, gatewayFingerprint: UInt64, history: RingHistory) {
    self.generation = generation
    self.sources = sources
    self.queues = queues
    self.gatewayFingerprint = gatewayFingerprint
    self.history = history
  }

  package var arguments: [String] {
    [String(generation), String(sources), String(queues), String(gatewayFingerprint), history.rawValue]
  }

  /// Nil unless the words are exactly what ``arguments`` gives.
  package init?(arguments: [String]) {
    guard arguments.count == 5, let generation = UInt32(arguments[0]), let sources = Int(arguments[1]),
      (1...Self.sourceLimit).contains(sources), let queues = Int(arguments[2]), (0...Self.queueLimit).contains(queues),
      let fingerprint = UInt64(arguments[3]), let history = RingHistory(rawValue: arguments[4])
    else { return nil }
    self.init(
      generation: generation, sources: sources, queues: queues, gatewayFingerprint: fingerprint, history: history)
  }
}
