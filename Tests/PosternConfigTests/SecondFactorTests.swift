// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternTables
import PosternWire
import Testing

/// Uses and second factors of client keys.
@Suite struct SecondFactorTests {
  private static let spa = "public = \"\(Samples.key1)\"\npsk = \"alice-laptop.psk\"\n"
  private static let pasmal =
    "protocol = \"pasmal\"\nopener = [\"tcp/7000\"]\nscreen = \"alice-laptop.psk\"\npassword-port = 9000\n"

  private func limits(_ fields: String) throws -> KeyLimits {
    let tables = try Samples.configuration(Samples.oneKeyOfPackets + fields).compiled(with: Samples.world())
    return try #require(tables.gate.keys.first).limits
  }

  @Test func codesOfSPA() throws {
    let totp = try limits(Self.spa + "totp = \"next.key\"\ncode-hash = \"sha512\"\nuses = 3\nrenewal = 2")
    #expect(
      totp
        == KeyLimits(uses: 3, secondFactor: .totp(.init(secret: Samples.filled(0xA1), hash: .sha512, digits: 6)), renewal: 2))
    let hotp = try limits(Self.spa + "hotp = \"next.key\"\nhotp-from = 7")
    #expect(hotp.secondFactor == .hotp(.init(secret: Samples.filled(0xA1), hash: .sha1, digits: 6), from: 7))
  }

  @Test func passwordsOfPasmal() throws {
    let hotp = try limits(Self.pasmal + "hotp = \"next.key\"\ncode-hash = \"sha256\"\ncode-digits = 9")
    #expect(hotp.secondFactor == .hotp(.init(secret: Samples.filled(0xA1), hash: .sha256, digits: 9), from: 0))
    let chain = try limits(Self.pasmal + "chain = \"\(Samples.key2)\"")
    #expect(chain.secondFactor == .chain(anchor: Samples.filled(0x22)))
  }

  @Test(arguments: [
    (spa + "totp = \"next.key\"\ncode-digits = 7", "a knock of spa carries a code of six digits"),
    (spa + "hotp = \"next.key\"\ncode-digits = 9", "a knock of spa carries a code of six digits"),
    (spa + "totp = \"next.key\"\ncode-digits = 5", "\"code-digits\" must be between 6 and 9, not 5"),
    (spa + "totp = \"next.key\"\ncode-hash = \"md5\"", "\"code-hash\" must be"),
    (spa + "totp = \"next.key\"\nhotp = \"next.key\"", "\"hotp\""),
    (spa + "totp = \"zero.psk\"", "\"zero.psk\" holds no secret"),
    (spa + "totp = \"none\"", "cannot read \"none\": no such file"),
    (spa + "code-digits = 6", "are of no use without \"totp\" or \"hotp\""),
    (spa + "totp = \"next.key\"\nhotp-from = 1", "\"hotp-from\" is of no use without \"hotp\""),
    (spa + "chain = \"\(Samples.key2)\"", "have no place for such a second factor"),
    (
      "protocol = \"rolling\"\nsecret = \"alice-laptop.psk\"\ntotp = \"next.key\"", "have no place for such a second factor"
    ),
    (spa + "uses = 0", "\"uses\" must be between 1 and"),
  ])
  func complaints(_ fields: String, _ words: String) {
    let errors = Samples.compileErrors(Samples.oneKeyOfPackets + fields)
    #expect(errors.contains(words), "\(errors)")
  }
}
