// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct SecretTextsTests {
  @Test func secretsOfAnyLengthComeBack() throws {
    let secrets: [[UInt8]] = [[1], [], Array("opensesame".utf8), Array(0..<64)]
    var texts = try SecretTexts(capacity: secrets.reduce(0) { $0 + $1.count })
    var places: [SecretTexts.Place] = []
    for secret in secrets { places.append(try secret.withBytes { secret throws(CryptoError) in try texts.add(secret) }) }
    for (place, secret) in zip(places, secrets) {
      #expect(place.byteCount == secret.count)
      #expect(texts.withSecret(place) { $0.copied() } == secret)
    }
  }

  @Test func thereIsNoRoomForMore() throws {
    var texts = try SecretTexts(capacity: 3)
    let secret: [UInt8] = [1, 2]
    _ = try secret.withBytes { secret throws(CryptoError) in try texts.add(secret) }
    do {
      _ = try secret.withBytes { secret throws(CryptoError) in try texts.add(secret) }
      Issue.record("a secret beyond the region")
    } catch {
      #expect(error == .storeFull)
    }
  }

  @Test func noSecretsAtAll() throws {
    let texts = try SecretTexts(capacity: 0)
    #expect(texts.capacity == 0)
  }
}
