// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct SPADecoderTests {
  @Test(arguments: SPAVector.files) func vectors(_ file: String) throws {
    let vectors = try SPAVector.load(file)
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let tables = try vector.tables
      var decoder = try SPADecoder(tables: tables, now: vector.stamp, seed: 0)
      let reading = decoder.read(vector.packet.bytes, at: vector.stamp)
      let expected = Knock(
        knockProtocol: .spa, id: try #require(Bytes16(vector.knockId.bytes)), stamp: vector.stamp, key: KeyIndex(0),
        action: try vector.action, wish: .door(vector.door.map(SPADoor.id)), ipv4: try vector.ipv4, ipv6: try vector.ipv6,
        wishedLease: vector.fields.lease, totp: vector.fields.totp)
      #expect(reading == .knock(expected), "\(vector.name)")
    }
  }

  @Test func twelveReferenceDatagrams() throws { #expect(try SPAVector.load("spa/reference.json").count == 12) }

  @Test func keysAreToldApart() throws {
    let fixture = SPAFixture(clients: 5)
    var decoder = try fixture.decoder()
    for client in 0..<5 {
      let reading = decoder.read(try fixture.encoder(client: client).encode(SPAFixture.request()))
      guard case .knock(let knock) = reading else {
        Issue.record("client \(client): \(reading)")
        continue
      }
      #expect(knock.key == KeyIndex(client))
    }
  }

  @Test func everyOtherLengthIsRefused() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let packet = try fixture.encoder().encode(SPAFixture.request())
    for count in 0..<packet.count {
      let reading = decoder.read(Array(packet.prefix(count)))
      #expect(reading == .refused(.wrongLength))
    }
    let longer = decoder.read(packet + [0])
    #expect(longer == .refused(.wrongLength))
    let whole = decoder.read(packet)
    #expect(whole.isKnock)
  }

  @Test func everyFlippedBitIsRefusedByItsTag() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let packet = try fixture.encoder().encode(SPAFixture.request())
    for bit in 0..<packet.count * 8 {
      let reading = decoder.read(flipped(packet, bit))
      #expect(reading == .refused(.wrongTag), "bit \(bit)")
    }
    let whole = decoder.read(packet)
    #expect(whole.isKnock)
  }

  /// Behind the tag the seals must hold on their own: everybody who has the profile can tag.
  @Test func everyFlippedBitUnderANewTagIsRefused() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    let packet = try encoder.encode(SPAFixture.request())
    for bit in 128..<packet.count * 8 {
      let reading = decoder.read(encoder.tagged(flipped(packet, bit)))
      #expect(reading == .refused(.badSeal), "bit \(bit)")
    }
  }

  @Test func duplicate() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    let packet = try encoder.encode(SPAFixture.request())
    let first = decoder.read(packet)
    let second = decoder.read(packet)
    #expect(first.isKnock)
    #expect(second == .refused(.duplicate))
    let fresh = decoder.read(try encoder.encode(SPAFixture.request()))
    #expect(fresh.isKnock, "the same request under a fresh ephemeral key is another packet")
  }

  @Test func refusedPacketsAreRemembered() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let stranger = try SPAFixture(clients: 9).encoder(client: 8).encode(SPAFixture.request())
    let first = decoder.read(stranger)
    let second = decoder.read(stranger)
    #expect(first == .refused(.unknownKey))
    #expect(second == .refused(.duplicate))
  }

  @Test func twoGatewayKeys() throws {
    let fixture = SPAFixture(gateways: 2)
    var decoder = try fixture.decoder()
    for gateway in 0..<2 {
      for client in 0..<fixture.clients {
        let packet = try fixture.encoder(client: client, gateway: gateway).encode(SPAFixture.request())
        let reading = decoder.read(packet)
        #expect(reading.isKnock, "gateway \(gateway), client \(client): \(reading)")
      }
    }
  }

  @Test(arguments: [
    ("ended", Validity(notAfter: SPAFixture.now), false), ("not begun", Validity(notBefore: SPAFixture.now + .seconds(1)), false),
    ("live", Validity(notBefore: SPAFixture.now, notAfter: SPAFixture.now + .seconds(1)), true),
  ])
  func gatewayKeysHaveTheirTime(_ name: String, _ validity: Validity, _ counts: Bool) throws {
    let fixture = SPAFixture(gateways: 2, validities: [validity, .always])
    var decoder = try fixture.decoder()
    let first = decoder.read(try fixture.encoder(gateway: 0).encode(SPAFixture.request()))
    let second = decoder.read(try fixture.encoder(gateway: 1).encode(SPAFixture.request()))
    #expect(first.isKnock == counts)
    #expect(counts || first == .refused(.wrongTag))
    #expect(second.isKnock)
  }

  /// A gate that runs on needs no reload to refuse what was made for a key that has ended meanwhile.
  @Test func aGatewayKeyEndsWhileTheGateRuns() throws {
    let end = SPAFixture.now + .seconds(5)
    let fixture = SPAFixture(gateways: 2, validities: [Validity(notAfter: end), .always])
    var decoder = try fixture.decoder()
    for (gateway, seconds, counts) in [(0, 4, true), (0, 5, false), (1, 5, true), (0, 6, false)] as [(Int, Int64, Bool)] {
      let now = SPAFixture.now + .seconds(seconds)
      let reading = decoder.read(try fixture.encoder(gateway: gateway).encode(SPAFixture.request(at: now)), at: now)
      #expect(reading.isKnock == counts && (counts || reading == .refused(.wrongTag)), "gateway \(gateway) after \(seconds) s")
    }
  }

  @Test func everyPairOfGatewayKeyAndAdmissionIsTold() throws {
    var fixture = SPAFixture(gateways: 2)
    fixture.otherAdmissions = [.init(secret: SPAFixture.key(901), validity: Validity(notAfter: SPAFixture.now + .seconds(5)))]
    var decoder = try fixture.decoder()
    for (number, admission) in [SPAFixture.key(900), SPAFixture.key(901)].enumerated() {
      for gateway in 0..<2 {
        var profile = try fixture.profile(gateway: gateway)
        profile.admission = admission
        let encoder = try SPAEncoder(profile)
        let reading = decoder.read(try encoder.encode(SPAFixture.request()))
        guard case .knock(let knock) = reading else {
          Issue.record("gateway \(gateway), admission \(number): \(reading)")
          continue
        }
        #expect(knock.addressee == Addressee(gatewayKey: UInt8(gateway), admission: UInt8(number)))
        let later = SPAFixture.now + .seconds(5)
        let afterTheEnd = decoder.read(try encoder.encode(SPAFixture.request(at: later)), at: later)
        #expect(afterTheEnd.isKnock == (number == 0))
      }
    }
  }

  @Test func noGatewayKey() throws {
    var decoder = try SPAFixture(gateways: 0).decoder()
    let reading = decoder.read(try SPAFixture().encoder().encode(SPAFixture.request()))
    #expect(reading == .refused(.wrongTag))
  }

  @Test func otherAdmissionSecret() throws {
    var decoder = try SPAFixture().decoder()
    let reading = decoder.read(try SPAFixture(admission: SPAFixture.key(901)).encoder().encode(SPAFixture.request()))
    #expect(reading == .refused(.wrongTag))
  }

  @Test func otherPresharedKey() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    var profile = try fixture.profile()
    profile.presharedKey = .zero
    let reading = decoder.read(try SPAEncoder(profile).encode(SPAFixture.request()))
    #expect(reading == .refused(.badSeal))
  }

  @Test func ephemeralOfSmallOrder() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    var packet = try encoder.encode(SPAFixture.request())
    packet.replaceSubrange(24..<56, with: Array(repeating: 0, count: 32))
    let reading = decoder.read(encoder.tagged(packet))
    #expect(reading == .refused(.badEphemeral))
  }

  @Test func hintOfAnotherStep() throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder(client: 1)
    let payload = try payload(at: SPAFixture.now)
    let hint = encoder.hint(at: SPAFixture.now + .seconds(64))
    let reading = decoder.read(try encoder.seal(payload.encoded, hint: hint, ephemeral: SPAFixture.key(1)))
    #expect(reading == .refusedKnown(.wrongHint, KeyIndex(1)))
  }

  /// A user with a wrong clock is to be told so by the audit: freshness is decided later.
  @Test(arguments: [-86_400, -61, 16, 86_400] as [Int64])
  func stampsOutsideTheWindowAreRead(_ seconds: Int64) throws {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let reading = decoder.read(try fixture.encoder().encode(SPAFixture.request(at: SPAFixture.now + .seconds(seconds))))
    #expect(reading.isKnock)
  }

  @Test func secretsAreErased() throws {
    var tables = try SPAFixture(gateways: 2).tables()
    _ = try Registry(tables: &tables, now: SPAFixture.now, seed: 1)
    #expect(tables.gatewayKeys.allSatisfy { $0.privateKey == .zero })
    #expect(tables.keys.allSatisfy { $0.credential.spa?.presharedKey == .zero })
    #expect(tables.admissions.allSatisfy { $0.secret == .zero })
  }

  @Test func secretsAreErasedOnFailureToo() throws {
    var tables = try SPAFixture().tables()
    tables.keys[1].credential = .spa(SPACredential(publicKey: .zero, presharedKey: SPAFixture.key(7)))
    #expect(throws: CryptoError.refusedPoint) { _ = try Registry(tables: &tables, now: SPAFixture.now, seed: 1) }
    #expect(tables.admissions.allSatisfy { $0.secret == .zero })
    #expect(tables.keys.allSatisfy { $0.credential.spa?.presharedKey == .zero })
  }

  private func flipped(_ packet: [UInt8], _ bit: Int) -> [UInt8] {
    var changed = packet
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    return changed
  }

  private func payload(at stamp: Timestamp) throws -> SPAPayload {
    SPAPayload(
      action: .open, door: nil, ipv4: .packetSource(port: nil), ipv6: .none, wishedLease: 0, stamp: stamp, totp: nil)
  }
}
