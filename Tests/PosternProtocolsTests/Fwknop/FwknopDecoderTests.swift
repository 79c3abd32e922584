// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct FwknopDecoderTests {
  struct Form: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let credential: FwknopCredential
  }

  static let forms: [Form] =
    FwknopCredential.CodeHash.allCases.map { Form(testDescription: "\($0)", credential: FwknopFixture.credential(hash: $0)) } + [
      Form(testDescription: "no code", credential: FwknopFixture.credential(hasCode: false)),
      Form(testDescription: "legacy", credential: FwknopFixture.credential(hasCode: false, mode: .legacy)),
    ]

  @Test(arguments: forms) func everyTruncationIsRefused(_ form: Form) throws {
    let text = try FwknopFixture.text(form.credential, FwknopFixture.message())
    var decoder = try FwknopFixture.decoder([form.credential])
    for count in 0..<text.count {
      let decoding = decoder.decode(Array(text.prefix(count)))
      #expect(Self.isStranger(decoding), "\(count) characters: \(decoding)")
    }
    for tail in [[0], [UInt8(ascii: "A")], [UInt8(ascii: "=")], [UInt8(ascii: "\n")], Array("=AAAA".utf8)] as [[UInt8]] {
      let decoding = decoder.decode(text + tail)
      #expect(Self.isStranger(decoding), "\(tail) behind it: \(decoding)")
    }
    #expect(decoder.decode(text).decoded != nil)
  }

  @Test(arguments: forms) func everyFlippedBitIsRefused(_ form: Form) throws {
    let text = try FwknopFixture.text(form.credential, FwknopFixture.message())
    var decoder = try FwknopFixture.decoder([form.credential])
    for bit in 0..<text.count * 8 {
      var other = text
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      let decoding = decoder.decode(other)
      #expect(Self.isStranger(decoding), "bit \(bit): \(decoding)")
    }
    #expect(decoder.decode(text).decoded != nil)
  }

  /// Who knows the key of the code, and changes what stands under it: every bit of the plain text counts.
  @Test func everyFlippedBitOfThePlainTextIsRefusedInItsName() throws {
    let credential = FwknopFixture.credential()
    let encoder = try FwknopFixture.encoder(credential)
    let plainText = try FwknopFixture.message().plainText(random: 1_234_567_890_123_456, digest: .sha256)
    var decoder = try FwknopFixture.decoder([credential])
    let salt = [UInt8](repeating: 7, count: 8)
    for bit in 0..<plainText.count * 8 {
      var other = plainText
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      let decoding = decoder.decode(try encoder.seal(other, salt: salt))
      #expect(decoding == .refusedKnown(.malformedPayload, KeyIndex(0)), "bit \(bit): \(decoding)")
    }
    #expect(decoder.decode(try encoder.seal(plainText, salt: salt)).decoded != nil)
  }

  /// The client's forms of one length differ in the code alone.
  @Test func keysAreToldApart() throws {
    let credentials = (0..<40).map { number in
      FwknopFixture.credential(number, hash: FwknopCredential.CodeHash.allCases[number % 7], hasCode: number < 35)
    }
    var decoder = try FwknopFixture.decoder(credentials)
    for (number, credential) in credentials.enumerated() {
      let source = IPAddress.v4(IPv4Address(0xcb00_7100 + UInt32(number)))
      let decoding = decoder.decode(try FwknopFixture.text(credential, FwknopFixture.message()), from: source)
      #expect(decoding.decoded?.key == KeyIndex(number), "\(decoding)")
    }
  }

  @Test func aCopyIsADuplicate() throws {
    let credential = FwknopFixture.credential()
    var decoder = try FwknopFixture.decoder([credential])
    let text = try FwknopFixture.text(credential, FwknopFixture.message())
    #expect(decoder.decode(text).decoded != nil)
    #expect(decoder.decode(text) == .refused(.duplicate))
    let other = IPAddress.v6(IPv6Address(high: 1, low: 2))
    #expect(decoder.decode(text, from: other) == .refused(.duplicate))
    #expect(decoder.decode(try FwknopFixture.text(credential, FwknopFixture.message(), serial: 2)).decoded != nil)
  }

  /// What a gate that was started anew asks its ring about: the same for the same cipher text, whoever sends it and however.
  @Test func theIdentityIsThatOfTheCipherText() throws {
    let credential = FwknopFixture.credential()
    let text = try FwknopFixture.text(credential, FwknopFixture.message())
    let other = try FwknopFixture.text(credential, FwknopFixture.message(), serial: 2)
    func id(_ text: [UInt8], from source: IPAddress = FwknopDecoder.source) throws -> Bytes16? {
      var decoder = try FwknopFixture.decoder([FwknopFixture.credential(9), credential])
      return decoder.decode(text, from: source).decoded?.id
    }
    let first = try id(text)
    #expect(first != nil)
    #expect(try id(text) == first)
    #expect(try id(text, from: .v6(IPv6Address(high: 1, low: 2))) == first)
    #expect(try id(other) != first)
  }

  @Test func sources() throws {
    let near = FwknopFixture.credential(1, sources: ["198.51.100.0/24", "2001:db8::/32"])
    let nearer = FwknopFixture.credential(2, sources: ["198.51.100.7/32"])
    let anywhere = FwknopFixture.credential(3)
    let cases: [(String, [Bool])] = [
      ("198.51.100.7", [true, true, true]), ("198.51.100.8", [true, false, true]), ("198.51.101.7", [false, false, true]),
      ("2001:db8::1", [true, false, true]), ("2001:db9::1", [false, false, true]),
    ]
    for (source, opens) in cases {
      let address = try #require(IPAddress(source))
      for (credential, isOpen) in zip([near, nearer, anywhere], opens) {
        var decoder = try FwknopFixture.decoder([near, nearer, anywhere])
        let decoding = decoder.decode(try FwknopFixture.text(credential, FwknopFixture.message()), from: address)
        #expect((decoding.decoded != nil) == isOpen, "\(source): \(decoding)")
        #expect(isOpen || decoding == .refused(.wrongTag))
      }
    }
  }

  /// Nobody may send from there whose key is not for there, not even where its holder was a moment ago.
  @Test func theMemoryOfASourceKnowsNoOtherSource() throws {
    let near = FwknopFixture.credential(1, sources: ["198.51.100.7/32"])
    var decoder = try FwknopFixture.decoder([near])
    let (here, there) = (try #require(IPAddress("198.51.100.7")), try #require(IPAddress("198.51.100.8")))
    for serial in 1..<4 as Range<UInt8> {
      let text = try FwknopFixture.text(near, FwknopFixture.message(), serial: serial)
      #expect(decoder.decode(text, from: there) == .refused(.wrongTag))
      #expect(decoder.decode(text, from: here).decoded != nil)
    }
  }

  @Test func rules() throws {
    let credential = FwknopFixture.credential(user: "carol", requiresAddress: true)
    var decoder = try FwknopFixture.decoder([credential])
    let cases: [(FwknopMessage, Denial?)] = [
      (try FwknopFixture.message(), nil), (try FwknopFixture.message(user: "mallory"), .userMismatch),
      (try FwknopFixture.message(user: "Carol"), .userMismatch),
      (try FwknopFixture.message(address: "0.0.0.0"), .addressModeNotPermitted),
    ]
    for (serial, (message, denial)) in cases.enumerated() {
      let decoding = decoder.decode(try FwknopFixture.text(credential, message, serial: UInt8(serial)))
      #expect(denial.map { decoding == .refusedKnown($0, KeyIndex(0)) } ?? (decoding.decoded?.message == message), "\(decoding)")
    }
  }

  /// A text without a code can be changed by who sees it; nothing in it accuses its owner.
  @Test func withoutACodeNobodyIsAccused() throws {
    let credential = FwknopFixture.credential(hasCode: false)
    var decoder = try FwknopFixture.decoder([credential])
    var text = try FwknopFixture.text(credential, FwknopFixture.message())
    text[60] = text[60] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
    #expect(decoder.decode(text) == .refused(.badSeal))
  }

  @Test func strengths() throws {
    for (hasCode, strength) in [(true, Strength.authenticated), (false, .keyed)] {
      let credential = FwknopFixture.credential(hasCode: hasCode)
      var decoder = try FwknopFixture.decoder([credential])
      #expect(decoder.decode(try FwknopFixture.text(credential, FwknopFixture.message())).decoded?.strength == strength)
    }
  }

  // MARK: Load

  /// Junk of a right length spends what the search for strangers' keys may cost. Who was here before is found all the same, and so is who
  /// sends from where only few keys are for.
  @Test func aFloodSpendsTheBudgetOfStrangersAlone() throws {
    let anywhere = (0..<100).map { FwknopFixture.credential($0) }
    let near = FwknopFixture.credential(200, sources: ["192.0.2.0/24"])
    var decoder = try FwknopFixture.decoder(anywhere + [near], codesPerSecond: 5000)
    let known = try #require(IPAddress("198.51.100.77"))
    #expect(decoder.decode(try FwknopFixture.text(anywhere[99], FwknopFixture.message()), from: known).decoded != nil)
    var junk = try FwknopFixture.text(FwknopFixture.credential(999), FwknopFixture.message())
    var refused = 0
    for number in 0..<500 {
      junk[20] = UInt8(ascii: "A") + UInt8(number % 26)
      let source = IPAddress.v4(IPv4Address(0x0a00_0000 + UInt32(number)))
      if decoder.decode(junk, from: source) == .refused(.overload) { refused += 1 }
    }
    // A tenth of a second's worth is there at once: 500 codes, five searches, of which one was for who is known since.
    #expect(refused == 496)
    #expect(decoder.decode(try FwknopFixture.text(anywhere[99], FwknopFixture.message(), serial: 2), from: known).decoded != nil)
    let nearby = try #require(IPAddress("192.0.2.200"))
    #expect(decoder.decode(try FwknopFixture.text(near, FwknopFixture.message()), from: nearby).decoded != nil)
    let late = FwknopFixture.now + .seconds(1)
    let text = try FwknopFixture.text(anywhere[50], FwknopFixture.message())
    #expect(decoder.decode(text) == .refused(.overload))
    #expect(decoder.decode(text, at: late).decoded != nil)
  }

  @Test func withoutKeysNothingIsSearched() throws {
    var decoder = try FwknopFixture.decoder([], codesPerSecond: 1)
    let text = try FwknopFixture.text(FwknopFixture.credential(), FwknopFixture.message())
    for _ in 0..<10 { #expect(decoder.decode(text) == .refused(.wrongTag)) }
  }

  private static func isStranger(_ decoding: FwknopDecoder.Decoding) -> Bool {
    guard case .refused(let denial) = decoding else { return false }
    return [.wrongTag, .wrongLength, .badSeal].contains(denial)
  }
}
