// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct LegacyCommandTests {
  private func key(_ bytes: [UInt8] = CommandVector.key) throws -> BlowfishKey { try BlowfishKey(bytes, LegacyCiphers()) }

  static let orders: [String: LegacyCommand.Order] = [
    "run-touch": .run(Array("touch x".utf8)), "run-empty": .run([]), "connect-back": .connect(IPv4Address(0x0a4d_0002), 4444),
    "accept": .accept(port: 2222, client: IPv4Address(0x0a4d_0002), clientPort: 40_000),
  ]

  @Test(arguments: try CommandVector.load()) func vectors(_ vector: CommandVector) throws {
    let key = try key()
    #expect(
      try key.sealFeedback(vector.plaintextHex.bytes, initial: vector.wireHex.bytes.withBytes { $0.u64(at: 0) })
        == Array(vector.wireHex.bytes.dropFirst(8)))
    let command = vector.wireHex.bytes.withBytes { LegacyCommand($0, key) }
    let expected = Self.orders[vector.id].map { LegacyCommand(stamp: vector.stamp, order: $0) }
    #expect(command == expected, "an unknown code is none")
    if let expected { #expect(try expected.encoded(key) == vector.wireHex.bytes) }
  }

  @Test func everyTruncationAndExtensionIsRefused() throws {
    let key = try key()
    for vector in try CommandVector.load() {
      let block = vector.wireHex.bytes
      for length in 0..<block.count {
        #expect(Array(block.prefix(length)).withBytes { LegacyCommand($0, key) } == nil, "\(vector.id) \(length)")
      }
      #expect((block + [0]).withBytes { LegacyCommand($0, key) } == nil)
    }
  }

  @Test func anotherKeyShows() throws {
    let other = try key(Array("another key".utf8))
    for vector in try CommandVector.load() { #expect(vector.wireHex.bytes.withBytes { LegacyCommand($0, other) } == nil) }
  }

  /// There is no authentication: only what flips time, length or code is noticed, and the page says so.
  @Test func flippedBits() throws {
    let key = try key()
    let block = try #require(try CommandVector.load().first).wireHex.bytes
    for bit in 0..<block.count * 8 {
      var changed = block
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let command = changed.withBytes { LegacyCommand($0, key) }
      if bit / 8 < 10 || (bit / 8) < 12 { #expect(command == nil, "bit \(bit)") } else { #expect(command != nil) }
    }
  }

  @Test func microsecondsAreBelowAMillion() throws {
    let key = try key()
    for (micros, isOne) in [(999_999, true), (1_000_000, false)] as [(UInt64, Bool)] {
      let initial = 1_800_000_000 << 32 | micros
      var block = WireWriter()
      block.u64(initial)
      block.raw(try key.sealFeedback([0, 12, 0, 2], initial: initial))
      #expect((block.bytes.withBytes { LegacyCommand($0, key) } != nil) == isOne)
    }
  }

  @Test func theLongestBlock() throws {
    let key = try key()
    for (length, isOne) in [(1500, true), (1501, false)] {
      let command = LegacyCommand(stamp: Timestamp(seconds: 1_800_000_000), order: .run(Array(repeating: 65, count: length)))
      let block = try command.encoded(key)
      #expect((block.withBytes { LegacyCommand($0, key) } == command) == isOne)
    }
  }
}
