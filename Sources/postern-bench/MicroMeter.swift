// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternPlatform
internal import PosternWire

/// Measures operations one by one: the best time of several rounds, and what a round of its own allocates, retains and releases.
struct MicroMeter {
  private static let rounds = 5
  /// How many operations ``figure(_:_:_:_:)`` runs for so many a round.
  static func all(_ operations: Int) -> Int { (rounds + 2) * operations }

  /// `operation` is called with the numbers from zero on and says whether it did what it should.
  func figure(
    _ name: String, _ limit: MicroLimit, _ operations: Int, _ operation: (Int) -> Bool
  ) throws -> MicroFigure {
    let yardstick = try Self.time(of: limit.yardstick)
    var failures = Self.run(operations, from: 0, operation)
    let best = Self.best(operations, from: operations, operation)
    failures += best.failures
    let counts = RuntimeCounts.of { failures += Self.run(operations, from: (Self.rounds + 1) * operations, operation) }
    guard failures == 0 else { throw BenchFailure("\(name): \(failures) of \(Self.all(operations)) had another end") }
    return MicroFigure(
      name, nanoseconds: best.nanoseconds, operations: operations, counts: counts, limit: limit,
      yardstick: yardstick)
  }

  /// Measured beside each figure: how fast a machine is changes from one moment to the next.
  private static func time(of yardstick: MicroLimit.Yardstick) throws(CryptoError) -> Double {
    switch yardstick {
    case .hmac:
      let message = [UInt8](repeating: 7, count: 168)
      let keyed = message.withBytes { HMACSHA256(key: $0.extracting(first: 32)) }
      return message.withBytes { message in best(2000, from: 0) { _ in keyed.mac(message) != .zero } }.nanoseconds
    case .curve:
      let key = try X25519PrivateKey(try Randomness.bytes32())
      let peer = try X25519PrivateKey(try Randomness.bytes32()).publicKey
      return best(100, from: 0) { _ in (try? key.sharedSecret(with: peer)) != nil }.nanoseconds
    }
  }

  private static func best(
    _ operations: Int, from first: Int, _ operation: (Int) -> Bool
  ) -> (nanoseconds: Double, failures: Int) {
    var least = UInt64.max
    var failures = 0
    for round in 0..<rounds {
      let began = SystemClock.monotonic()
      failures += run(operations, from: first + round * operations, operation)
      least = min(least, SystemClock.monotonic() - began)
    }
    return (Double(least) / Double(operations), failures)
  }

  /// How many had another end than they should.
  private static func run(_ operations: Int, from first: Int, _ operation: (Int) -> Bool) -> Int {
    var failures = 0
    for number in first..<first + operations where !operation(number) { failures += 1 }
    return failures
  }
}
