// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// What the real client made, what was made of that, and what an independent encoder made.
@Suite struct FwknopVectorTests {
  /// Modes of the block cipher that only the client's option for tests of the server chooses.
  static let unservedModes = ["ecb", "cfb", "ofb", "ctr"]

  @Test func counts() throws {
    #expect(try FwknopVector.load("positive").count == 65)
    #expect(try FwknopVector.load("negative").count == 24)
    #expect(try FwknopVector.load("crafted").count == 76)
    #expect(try FwknopVector.load("gpg").count == 3)
  }

  @Test func positive() throws {
    for vector in try FwknopVector.load("positive") where vector.credentialMode != nil {
      let fields = try #require(vector.fields)
      let decoded = try vector.decode().decoded
      #expect(decoded?.key == KeyIndex(7), "\(vector.id)")
      guard let message = decoded?.message else { continue }
      #expect(message.user == fields.username, "\(vector.id)")
      #expect(message.seconds == fields.timestamp, "\(vector.id)")
      #expect(message.version == fields.version, "\(vector.id)")
      #expect(message.kind.rawValue == fields.messageType, "\(vector.id)")
      #expect(Self.text(message) == fields.message, "\(vector.id)")
      #expect(message.target.map { "\($0.host),\($0.port)" } == fields.natAccess, "\(vector.id)")
      #expect(message.timeout == fields.clientTimeout, "\(vector.id)")
    }
  }

  /// The encoder makes the client's packets out of what they say, to the last character.
  @Test func madeAgain() throws {
    for vector in try FwknopVector.load("positive") where vector.credentialMode != nil {
      let fields = try #require(vector.fields)
      let message = try #require(vector.decode().decoded?.message)
      let encoder = try FwknopEncoder(try vector.secrets())
      let random = try #require(UInt64(fields.rand))
      let salt = try #require(vector.derived).saltHex.bytes
      let digest = try #require(HashAlgorithm(fields.digestType))
      let text = try encoder.encode(message, random: random, salt: salt, digest: digest)
      #expect(String(decoding: text, as: UTF8.self) == vector.packet, "\(vector.id)")
    }
  }

  @Test func unserved() throws {
    let vectors = try FwknopVector.load("positive").filter { $0.credentialMode == nil }
    #expect(vectors.compactMap(\.mode) == Self.unservedModes)
    for vector in vectors {
      #expect(try vector.decode(mode: .cbc) == .refusedKnown(.malformedPayload, KeyIndex(7)), "\(vector.id)")
    }
  }

  @Test func negative() throws {
    for vector in try FwknopVector.load("negative") {
      let decoding = try vector.decode(mode: vector.credentialMode ?? .cbc)
      // The one made for another mode of the cipher is a good packet for a key of this one.
      #expect((decoding.decoded == nil) == (vector.id != "fwk-n-022"), "\(vector.id): \(decoding)")
    }
  }

  /// Those whose senders know no key are refused as strangers.
  @Test func strangersAreNotKnown() throws {
    for vector in try FwknopVector.load("negative") where vector.reason == "hmac_mismatch" || vector.reason == "hmac_missing" {
      let decoding = try vector.decode(mode: .cbc)
      #expect(decoding == .refused(.wrongTag) || decoding == .refused(.wrongLength), "\(vector.id): \(decoding)")
    }
  }

  @Test func crafted() throws {
    for vector in try FwknopVector.load("crafted") {
      let recommended = try #require(vector.recommended)
      let accepted = try vector.decode().decoded != nil
      // A broadcast address is well-formed; policy refuses it.
      #expect(accepted == (recommended.hasPrefix("accept") || recommended == "reject (policy)"), "\(vector.testDescription)")
    }
  }

  /// What a server that remembers texts grants again.
  @Test func otherTextsOfOneMessage() throws {
    let vectors = try FwknopVector.load("crafted").filter { $0.basePacket != nil }
    #expect(vectors.count == 4)
    for vector in vectors {
      let base = try #require(vector.basePacket)
      #expect(try vector.decode(base).decoded != nil, "\(vector.id)")
      #expect(try vector.decode().decoded == nil, "\(vector.id)")
    }
  }

  @Test func gpg() throws {
    for vector in try FwknopVector.load("gpg") {
      let other = try #require(FwknopVector.load("positive").first { $0.hmacType == "sha256" })
      var decoder = try FwknopDecoder([Registered(KeyIndex(0), other.credential())], now: FwknopVector.now)
      let decoding = decoder.decode(vector.packet)
      #expect(decoding == .refused(.unsupported), "\(vector.id)")
    }
  }

  @Test func noOtherTextLooksLikeGPG() throws {
    var decoder = try FwknopDecoder([], now: FwknopVector.now)
    for vector in try FwknopVector.load("positive") + FwknopVector.load("crafted") where vector.recommended != "reject" {
      let decoding = decoder.decode(vector.packet)
      #expect(decoding != .refused(.unsupported), "\(vector.id)")
    }
  }

  private static func text(_ message: FwknopMessage) -> String {
    switch message.wish {
    case .access(let services): "\(message.address),\(services.map(\.description).joined(separator: ","))"
    case .command(let line): "\(message.address),\(line)"
    }
  }
}

extension FwknopVector {
  func secrets() throws -> FwknopSecrets {
    let passphrase = try #require(key).bytes
    let code = hmacKey.flatMap { key in HashAlgorithm(hmacType ?? "").map { FwknopSecrets.Code($0, key: key.bytes) } }
    return try #require(FwknopSecrets(passphrase: passphrase, mode: credentialMode == .legacy ? .legacy : .cbc, code: code))
  }
}
