// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SealedKeysTests {
  static let now = Timestamp(seconds: 1_800_000_000)
  private let secrets = (1...5).map { SHA256.hash([UInt8($0)]) }

  private func keys(at now: Timestamp = now) throws -> SealedKeys {
    try SealedKeys(secrets, of: .ports, forms: [4, 6], now: now)
  }

  private func envelope(of key: Int, form: UInt8 = 4, at moment: Timestamp = now, _ plain: [UInt8] = [1, 2, 3]) throws -> [UInt8]
  {
    try SealedSender(secrets[key], of: .ports).seal(plain, form: form, counter: moment)
  }

  @Test func eachKeyIsFound() throws {
    var keys = try keys()
    var ids: Set<Bytes16> = []
    for key in secrets.indices {
      for form in [UInt8(4), 6] {
        let opening = try envelope(of: key, form: form).withBytes { keys.open($0, form: form, at: Self.now) }
        guard case .opened(key, let id, Self.now.nanoseconds, [1, 2, 3]) = opening else {
          Issue.record("\(opening)")
          continue
        }
        ids.insert(id)
      }
    }
    #expect(ids.count == secrets.count, "one id for a key and a counter")
  }

  @Test func everyFlippedBitIsRefused() throws {
    var keys = try keys()
    let envelope = try envelope(of: 2)
    let whole = envelope.withBytes { keys.open($0, form: 4, at: Self.now) }
    guard case .opened(2, _, _, [1, 2, 3]) = whole else { throw Missing() }
    for bit in 0..<envelope.count * 8 {
      var changed = envelope
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let opening = changed.withBytes { keys.open($0, form: 4, at: Self.now) }
      #expect(opening == .unknown || opening == .badSeal, "bit \(bit)")
      // What is in clear and does not fit is not worth an attempt; a counter of the same step is.
      if (64..<96).contains(bit) { #expect(opening == .unknown, "bit \(bit)") }
      if bit >= 96 { #expect(opening == .badSeal, "bit \(bit)") }
    }
  }

  private struct Missing: Error {}

  @Test func everyTruncationIsRefused() throws {
    var keys = try keys()
    let envelope = try envelope(of: 2)
    for length in 0..<envelope.count {
      let opening = Array(envelope.prefix(length)).withBytes { keys.open($0, form: 4, at: Self.now) }
      #expect(opening == .unknown || opening == .badSeal, "\(length) bytes")
    }
  }

  @Test func otherFormsProtocolsKeysAndStepsAreUnknown() throws {
    var keys = try keys()
    #expect(try envelope(of: 1, form: 6).withBytes { keys.open($0, form: 4, at: Self.now) } == .unknown)
    let foreign = try SealedSender(secrets[1], of: .sadoor).seal([1], form: 4, counter: Self.now)
    #expect(foreign.withBytes { keys.open($0, form: 4, at: Self.now) } == .unknown)
    let stranger = try SealedSender(SHA256.hash([9]), of: .ports).seal([1], form: 4, counter: Self.now)
    #expect(stranger.withBytes { keys.open($0, form: 4, at: Self.now) } == .unknown)
    for seconds in [-200, 200] as [Int64] {
      let late = try envelope(of: 1, at: Self.now + .seconds(seconds))
      #expect(late.withBytes { keys.open($0, form: 4, at: Self.now) } == .unknown)
    }
  }

  @Test func hintsFollowTheTime() throws {
    var keys = try keys()
    for minutes in [0, 1, 2, 3, 600, 601, -300] as [Int64] {
      let now = Self.now + .seconds(60 * minutes)
      for skew in [-60, 0, 15] as [Int64] {
        let envelope = try envelope(of: 3, at: now + .seconds(skew))
        guard case .opened(3, _, _, _) = envelope.withBytes({ keys.open($0, form: 4, at: now) }) else {
          Issue.record("\(minutes) minutes, skew \(skew)")
          continue
        }
      }
    }
  }

  @Test func staleness() {
    func staleness(_ nanoseconds: Int64) -> Denial? {
      SealedKeys.staleness(of: Self.now + Timestamp.Span(nanoseconds: nanoseconds), at: Self.now)
    }
    #expect(staleness(-60_000_000_000) == nil)
    #expect(staleness(-60_000_000_001) == .stale)
    #expect(staleness(15_000_000_000) == nil)
    #expect(staleness(15_000_000_001) == .future)
  }
}
