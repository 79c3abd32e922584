// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternProtocols
import PosternWire
import Testing

@Suite struct NoiseOneWayTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Message: Decodable, Sendable {
      let payload: HexBytes
      let ciphertext: HexBytes
    }

    let protocolName: String
    let initPrologue: HexBytes
    let initPsks: [HexBytes]?
    let initStatic: HexBytes
    let initEphemeral: HexBytes
    let initRemoteStatic: HexBytes
    let respPrologue: HexBytes
    let respPsks: [HexBytes]?
    let respStatic: HexBytes
    let messages: [Message]

    var testDescription: String { protocolName }
    var pattern: NoisePattern { get throws { try #require(NoisePattern.allCases.first { $0.name == protocolName }) } }
  }

  static let vectors = Result { try VectorFile.load("noise/cacophony.json", as: Vector.self) }

  @Test func everyPatternHasItsVector() throws {
    let names = try Self.vectors.get().map(\.protocolName)
    #expect(Set(names) == Set(NoisePattern.allCases.map(\.name)))
  }

  @Test func initiatorWritesTheVectors() throws {
    for vector in try Self.vectors.get() {
      let message = try #require(vector.messages.first)
      #expect(try write(vector, payload: message.payload.bytes) == message.ciphertext.bytes, "\(vector.protocolName)")
    }
  }

  @Test func responderReadsTheVectors() throws {
    for vector in try Self.vectors.get() {
      let message = try #require(vector.messages.first)
      let initiator = try X25519PrivateKey(vector.initStatic.bytes32).publicKey
      let reading = try read(vector, message.ciphertext.bytes)
      #expect(reading.initiator == initiator, "\(vector.protocolName)")
      #expect(reading.payload == message.payload.bytes, "\(vector.protocolName)")
    }
  }

  @Test(arguments: [0, 1, 1000]) func payloadsOfAnyLength(_ count: Int) throws {
    let payload = [UInt8](repeating: 7, count: count)
    for vector in try Self.vectors.get() {
      let message = try write(vector, payload: payload)
      #expect(message.count == NoiseOneWay.overhead + count)
      #expect(try read(vector, message).payload == payload)
    }
  }

  @Test func everyTruncationAndFlippedBitIsRefused() throws {
    for vector in try Self.vectors.get() {
      let message = try #require(vector.messages.first).ciphertext.bytes
      for count in 0..<message.count { #expect(throws: CryptoError.self) { try read(vector, Array(message.prefix(count))) } }
      for bit in 0..<message.count * 8 {
        var changed = message
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(throws: CryptoError.self) { try read(vector, changed) }
      }
    }
  }

  @Test func presharedKeyIsNeeded() throws {
    let vector = try #require(try Self.vectors.get().first { try $0.pattern == .xpsk1 })
    let message = try #require(vector.messages.first).ciphertext.bytes
    #expect(throws: CryptoError.wrongLength) { try read(vector, message, presharedKey: nil) }
    #expect(throws: CryptoError.badSeal) { try read(vector, message, presharedKey: Array(repeating: 0, count: 32)) }
  }

  private func write(_ vector: Vector, payload: [UInt8]) throws -> [UInt8] {
    let noise = try NoiseOneWay(vector.pattern)
    let ephemeral = try X25519PrivateKey(vector.initEphemeral.bytes32)
    let initiator = try X25519PrivateKey(vector.initStatic.bytes32)
    let responder = try vector.initRemoteStatic.bytes32
    return try payload.withBytes { payload in
      try vector.initPrologue.bytes.withBytes { prologue in
        try withOptional(vector.initPsks?.first?.bytes) { psk in
          try noise.write(
            payload, prologue: prologue, ephemeral: ephemeral, initiator: initiator, responder: responder, presharedKey: psk)
        }
      }
    }
  }

  private func read(_ vector: Vector, _ message: [UInt8]) throws -> (initiator: Bytes32, payload: [UInt8]) {
    try read(vector, message, presharedKey: vector.respPsks?.first?.bytes)
  }

  private func read(
    _ vector: Vector, _ message: [UInt8], presharedKey: [UInt8]?
  ) throws -> (initiator: Bytes32, payload: [UInt8]) {
    let noise = try NoiseOneWay(vector.pattern)
    let responder = try X25519PrivateKey(vector.respStatic.bytes32)
    return try message.withBytes { message in
      let half = try vector.respPrologue.bytes.withBytes { try noise.readStatic(message, prologue: $0, responder: responder) }
      let shared = try responder.sharedSecret(with: half.initiator)
      let payload = try shared.withBytes { shared in
        try withOptional(presharedKey) { try noise.readPayload(message, after: half, staticStatic: shared, presharedKey: $0) }
      }
      return (half.initiator, payload)
    }
  }

  private func withOptional<Result>(_ bytes: [UInt8]?, _ body: (RawSpan?) throws -> Result) throws -> Result {
    guard let bytes else { return try body(nil) }
    return try bytes.withBytes { try body($0) }
  }
}
