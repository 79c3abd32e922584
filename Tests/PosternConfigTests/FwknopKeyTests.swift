// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct FwknopKeyTests {
  private static func world(_ files: [String: String]) -> World {
    var world = Samples.world()
    world.secretText = { path in
      guard let text = files[path] else { throw Samples.NoSuchFile() }
      return Array(text.utf8)
    }
    return world
  }

  private static let files = [
    "carol.key": "a passphrase", "carol.hmac": "a code", "long": String(repeating: "x", count: 33),
    "longest": String(repeating: "y", count: 128), "too-long": String(repeating: "z", count: 129), "base64": "AAEC/w==",
    "unpadded": "AAEC/w", "other.hmac": "a code",
  ]

  private static func text(_ lines: String, _ device: String = "fwknop") -> String {
    Samples.minimal + "\n[users.alice.keys.\(device)]\nprotocol = \"fwknop\"\n" + lines
  }

  private func credential(_ lines: String) throws -> FwknopCredential {
    let tables = try Samples.configuration(Self.text(lines)).compiled(with: Self.world(Self.files))
    return try #require(tables.gate.keys.compactMap(\.credential.fwknop).first)
  }

  private func errors(_ text: String) -> String { Samples.compileErrors(text, Self.world(Self.files)) }

  @Test func defaults() throws {
    let expected = FwknopCredential(
      mode: .cbc, passphrase: Array("a passphrase".utf8), codeHash: .sha256, codeKey: Array("a code".utf8), user: "", sources: [],
      requiresAddress: false, allowsAnyAgent: false)
    #expect(try credential("key = \"carol.key\"\nhmac = \"carol.hmac\"") == expected)
  }

  @Test func everyField() throws {
    let lines = """
      key-base64 = "base64"
      hmac = "longest"
      hmac-type = "sha3_512"
      mode = "cbc"
      require-user = "carol smith"
      from = ["192.0.2.0/24", "2001:db8::/32"]
      require-address = true
      any-agent = true
      """
    let expected = FwknopCredential(
      mode: .cbc, passphrase: [0, 1, 2, 255], codeHash: .sha3_512, codeKey: Array(repeating: UInt8(ascii: "y"), count: 128),
      user: "carol smith", sources: ["192.0.2.0/24", "2001:db8::/32"].compactMap { AddressPrefix($0) }, requiresAddress: true,
      allowsAnyAgent: true)
    #expect(try credential(lines) == expected)
  }

  private static let words = "hmac-none = \"legacy: packets without an HMAC\""

  @Test func legacy() throws {
    let key = try credential("key = \"carol.key\"\n\(Self.words)\nmode = \"legacy\"")
    #expect(key.mode == .legacy && key.codeKey.isEmpty)
  }

  /// Its fingerprint tells nothing of its secrets, and it needs a ring.
  @Test func fingerprintAndRing() throws {
    let text = Self.text("key = \"carol.key\"\nhmac = \"carol.hmac\"")
    let first = try Samples.configuration(text).compiled(with: Self.world(Self.files))
    var files = Self.files
    files["carol.key"] = "another"
    let second = try Samples.configuration(text).compiled(with: Self.world(files))
    #expect(first.gate.keys.map(\.fingerprint) == second.gate.keys.map(\.fingerprint))
    #expect(first.gate.keys != second.gate.keys)
    #expect(first.keeper.rings.map(\.kind).contains(.fwknop))
  }

  @Test(arguments: [
    ("no key", "hmac = \"carol.hmac\"", "missing key \"key\" or \"key-base64\""),
    ("two keys", "key = \"a\"\nkey-base64 = \"b\"\nhmac = \"c\"", "\"key\" and \"key-base64\" exclude each other"),
    ("no code", "key = \"carol.key\"", "missing key \"hmac\""),
    ("two codes", "key = \"carol.key\"\nhmac = \"a\"\nhmac-base64 = \"b\"", "\"hmac\" and \"hmac-base64\" exclude each other"),
    ("code and none", "key = \"carol.key\"\nhmac = \"a\"\n" + words, "\"hmac\" and \"hmac-none\" exclude each other"),
    (
      "none without words", "key = \"carol.key\"\nhmac-none = \"yes\"",
      "\"hmac-none\" must be exactly \"legacy: packets without an HMAC\""
    ),
    ("none as a boolean", "key = \"carol.key\"\nhmac-none = true", "\"hmac-none\" must be a string"),
    ("type of none", "key = \"carol.key\"\nhmac-type = \"md5\"\n" + words, "\"hmac-type\" means nothing with \"hmac-none\""),
    ("unknown type", "key = \"carol.key\"\nhmac = \"carol.hmac\"\nhmac-type = \"sha224\"", "\"hmac-type\" must be \"md5\" or"),
    (
      "legacy with a code", "key = \"carol.key\"\nhmac = \"carol.hmac\"\nmode = \"legacy\"",
      "a \"mode\" of \"legacy\" has no HMAC"
    ),
    ("unserved mode", "key = \"carol.key\"\nhmac = \"carol.hmac\"\nmode = \"ctr\"", "\"mode\" must be \"cbc\" or \"legacy\""),
    (
      "user", "key = \"carol.key\"\nhmac = \"carol.hmac\"\nrequire-user = \"a:b\"",
      "\"require-user\" must be a user name as fwknop has it"
    ),
    ("source", "key = \"carol.key\"\nhmac = \"carol.hmac\"\nfrom = [\"ANY\"]", "\"from\" must be a network"),
    ("missing file", "key = \"nowhere\"\nhmac = \"carol.hmac\"", "cannot read \"nowhere\": no such file"),
    ("long key", "key = \"long\"\nhmac = \"carol.hmac\"", "\"long\" must hold a key of 1 to 32 bytes, not 33"),
    ("long code", "key = \"carol.key\"\nhmac = \"too-long\"", "\"too-long\" must hold a key of 1 to 128 bytes, not 129"),
    ("no base64", "key-base64 = \"unpadded\"\nhmac = \"carol.hmac\"", "\"unpadded\" must hold base64 and nothing else"),
    ("one secret", "key = \"carol.hmac\"\nhmac = \"other.hmac\"", "\"other.hmac\" holds the same as the key"),
  ])
  func refused(_ name: String, _ lines: String, _ error: String) {
    #expect(errors(Self.text(lines)).contains(error), "\(errors(Self.text(lines)))")
  }

  /// One code, two names: nothing could tell whose a packet is.
  @Test func sharedSecrets() {
    func pair(_ second: String) -> String {
      Self.text("key = \"carol.key\"\nhmac = \"carol.hmac\"") + "\n[users.alice.keys.other]\nprotocol = \"fwknop\"\n" + second
    }
    #expect(
      errors(pair("key = \"base64\"\nhmac = \"other.hmac\"")).contains("\"other.hmac\" holds the same as another key's file"))
    #expect(errors(pair("key = \"base64\"\nhmac = \"other.hmac\"\nhmac-type = \"md5\"")) == "")
    #expect(errors(pair("key = \"carol.key\"\nhmac = \"longest\"")) == "")
  }
}
