// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternClient
import PosternConfig
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing
import posternctl

/// `posternctl user`, on the files of a gateway.
@Suite struct UserCommandTests {
  private static let add = "posternctl user add bob -c postern.toml --gateway gw.example.org"

  private func names(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/users.d").sorted()
  }

  private func content(_ scratch: Scratch, _ name: String) throws -> String {
    try String(contentsOfFile: "\(scratch.path)/\(name)", encoding: .utf8)
  }

  private func mode(_ scratch: Scratch, _ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/\(name)")
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private func compiled(_ scratch: Scratch) throws -> CompiledConfiguration {
    try CompiledConfiguration(path: "\(scratch.path)/postern.toml")
  }

  @Test func aNewUserAndHisProfileFitTogether() throws {
    let scratch = try ConfigFilesTests.place()
    try FileManager.default.removeItem(atPath: "\(scratch.path)/users.d")
    let run = try ShellLine("\(Self.add) --door ssh --device laptop", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try names(scratch) == ["bob.toml", "bob@laptop.psk"])
    #expect(try mode(scratch, "users.d/bob.toml") == 0o600 && mode(scratch, "users.d/bob@laptop.psk") == 0o600)
    #expect(try mode(scratch, "users.d") == 0o700)

    let profile = try Profile(text: run.output, file: "profile")
    #expect(profile.gateways == ["gw.example.org"] && profile.door == Name("ssh") && profile.holdsSecret)
    guard case .inline(let secret) = profile.privateKey, case .inline(let psk) = profile.presharedKey else {
      Issue.record("the profile holds no keys: \(profile)")
      return
    }
    let tables = try compiled(scratch)
    #expect(tables.gate.keys.map(\.credential.spa?.publicKey) == [try X25519PrivateKey(secret).publicKey])
    #expect(tables.gate.keys.map(\.credential.spa?.presharedKey) == [psk] && psk != .zero)
    #expect(profile.gatewayKey == (try X25519PrivateKey(tables.gate.gatewayKeys[0].privateKey).publicKey))
    #expect(profile.admission == .zeros)
    // Nowhere but on standard output.
    for name in try names(scratch) {
      #expect(try !content(scratch, "users.d/\(name)").contains(Base64.encode(secret.array)))
    }
    #expect(!run.errors.contains(Base64.encode(secret.array)) && !run.errors.contains(Base64.encode(psk.array)))
    #expect(run.errors.contains("posternctl reload"))
  }

  @Test func aFurtherDevice() throws {
    let scratch = try ConfigFilesTests.place()
    #expect(try ShellLine("\(Self.add) --door ssh --longest 30m", in: scratch).status == 0)
    let publicKey = Base64.encode(Array(repeating: 0x55, count: 32))
    let run = try ShellLine("\(Self.add) --device phone --key \(publicKey) --not-after 2030-01-01T00:00:00Z", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try names(scratch) == ["bob.toml", "bob@main.psk", "bob@phone.psk"])
    let profile = try Profile(text: run.output, file: "/p/profile")
    #expect(profile.privateKey == .file("/p/phone.key"))
    let tables = try compiled(scratch)
    #expect(tables.keeper.keys.map(\.name.description) == ["main", "phone"])
    #expect(tables.gate.keys.last.map { Base64.encode($0.credential.spa?.publicKey.array ?? []) } == publicKey)
    #expect(tables.gate.keys.last?.validity.notAfter?.rfc3339 == "2030-01-01T00:00:00.000Z")
    #expect(tables.keeper.users.map(\.longestLease) == [1800])
  }

  /// The one that lasts goes into new profiles.
  @Test func duringARotationTheNewSecretsAreHandedOut() throws {
    let scratch = try ConfigFilesTests.place()
    _ = try scratch.file("next.key", ConfigFilesTests.secret(0x23))
    _ = try scratch.file("old", ConfigFilesTests.secret(0x24))
    _ = try scratch.file("new", ConfigFilesTests.secret(0x25))
    let keys = """
      keys = [{ file = "gateway.key", until = 2030-01-01T00:00:00Z }, { file = "next.key" }]
      admissions = [{ file = "new" }, { file = "old", until = 2030-01-01T00:00:00Z }]
      """
    _ = try scratch.file("postern.toml", ConfigFilesTests.main.replacingOccurrences(of: "key = \"gateway.key\"", with: keys))
    let profile = try Profile(text: try ShellLine("\(Self.add) --door ssh", in: scratch).output, file: "profile")
    let next = try #require(Bytes32(Array(repeating: 0x23, count: 32)))
    #expect(profile.gatewayKey == (try X25519PrivateKey(next).publicKey))
    #expect(profile.admission == .inline(try #require(Bytes32(Array(repeating: 0x25, count: 32)))))
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let line: String
    let status: Int32
    let words: String
  }

  static let other = Base64.encode(Array(repeating: 0x31, count: 32))
  static let refusals: [Refusal] = [
    Refusal(testDescription: "no door", line: add, status: 64, words: "name a --door"),
    Refusal(testDescription: "unknown door", line: "\(add) --door shs", status: 78, words: "unknown door \"shs\"; did you mean"),
    Refusal(
      testDescription: "somebody's key", line: "\(add) --door ssh --key \(other)", status: 78,
      words: "already that of alice/laptop"),
    Refusal(
      testDescription: "point of small order",
      line: "\(add) --door ssh --key \(Base64.encode([1] + Array(repeating: 0, count: 31)))",
      status: 78, words: "small order"),
    Refusal(testDescription: "no key", line: "\(add) --door ssh --key AAAA", status: 64, words: "32 bytes in base64"),
    Refusal(testDescription: "no name", line: "\(add) --door ssh --device Lap", status: 64, words: "a name is made of"),
    Refusal(
      testDescription: "no host", line: "posternctl user add bob -c postern.toml --door ssh --gateway 'a b'", status: 64,
      words: "gateway must be"),
    Refusal(
      testDescription: "device is there", line: "posternctl user add alice -c postern.toml --gateway gw --device laptop",
      status: 65,
      words: "alice has a device laptop already"),
    Refusal(
      testDescription: "door for somebody who is there",
      line: "posternctl user add alice -c postern.toml --gateway gw --door ssh",
      status: 64, words: "stands in users.d/alice.toml"),
    Refusal(
      testDescription: "user of the main file", line: "posternctl user add carol -c postern.toml --gateway gw --door ssh",
      status: 65,
      words: "carol stands at postern.toml:12:8"),
    Refusal(
      testDescription: "disable a user of the main file", line: "posternctl user disable carol -c postern.toml", status: 65,
      words: "carol stands at postern.toml:12:8"),
    Refusal(
      testDescription: "disable nobody", line: "posternctl user disable nobody -c postern.toml", status: 65,
      words: "there is no user nobody"),
    Refusal(
      testDescription: "remove nobody", line: "posternctl user remove nobody -c postern.toml", status: 65,
      words: "there is no user nobody"),
    Refusal(
      testDescription: "remove somebody whom a door names", line: "posternctl user remove dave -c postern.toml", status: 78,
      words: "unknown user \"dave\""),
    Refusal(
      testDescription: "no configuration", line: "posternctl user add bob --door ssh --gateway gw -c x/y", status: 66,
      words: "x/y"),
    Refusal(
      testDescription: "standard output is full", line: "\(add) --door ssh >/dev/full", status: 73, words: "No space left"),
    Refusal(
      testDescription: "a further device, and standard output is full",
      line: "posternctl user add alice -c postern.toml --gateway gw --device phone >/dev/full", status: 73, words: "No space left"
    ),
  ]

  /// Nothing is left behind, and what was there is as it was.
  @Test(arguments: refusals) func refused(_ row: Refusal) throws {
    let scratch = try ConfigFilesTests.place()
    _ = try scratch.file(
      "postern.toml",
      ConfigFilesTests.main + "\n[users.carol]\ndoors = [\"ssh\"]\n[doors.web]\nports = [\"tcp/1\"]\nusers = [\"dave\"]")
    _ = try scratch.file("users.d/alice.toml", ConfigFilesTests.user(0x31, psk: "alice@laptop.psk"))
    _ = try scratch.file("users.d/alice@laptop.psk", ConfigFilesTests.secret(0x41))
    _ = try scratch.file("users.d/dave.toml", "")
    let before = try content(scratch, "users.d/alice.toml")
    let run = try ShellLine(row.line, in: scratch)
    #expect(run.status == row.status, "\(run.errors)")
    #expect(run.errors.contains(row.words), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(try names(scratch) == ["alice.toml", "alice@laptop.psk", "dave.toml"])
    #expect(try content(scratch, "users.d/alice.toml") == before)
  }

  @Test func disableEnableRemove() throws {
    let scratch = try ConfigFilesTests.place()
    #expect(try ShellLine("\(Self.add) --door ssh --device laptop", in: scratch).status == 0)
    let before = try content(scratch, "users.d/bob.toml")
    #expect(
      try ShellLine("posternctl user disable bob -c postern.toml", in: scratch).output == "bob is disabled in users.d/bob.toml\n")
    #expect(try compiled(scratch).gate.users.map(\.isDisabled) == [true])
    #expect(try ShellLine("posternctl user disable bob -c postern.toml", in: scratch).output == "bob is disabled already\n")
    #expect(try ShellLine("posternctl user enable bob -c postern.toml", in: scratch).status == 0)
    #expect(try content(scratch, "users.d/bob.toml") == before)

    let own = "[keys.own]\npublic = \"\(Self.other)\"\npsk = \"../bob.psk\"\n"
    _ = try scratch.file("users.d/bob.toml", before + own)
    _ = try scratch.file("bob.psk", ConfigFilesTests.secret(0x77))
    let removal = try ShellLine("posternctl user remove bob -c postern.toml", in: scratch)
    #expect(removal.status == 0, "\(removal.errors)")
    #expect(removal.output == "removed users.d/bob.toml\nremoved users.d/bob@laptop.psk\nleft ../bob.psk\n")
    #expect(try names(scratch).isEmpty && FileManager.default.fileExists(atPath: "\(scratch.path)/bob.psk"))
  }

  /// Somebody has to be kept out now, whatever else is wrong.
  @Test func aBrokenConfigurationDoesNotKeepAUserIn() throws {
    let scratch = try ConfigFilesTests.place()
    #expect(try ShellLine("\(Self.add) --door ssh", in: scratch).status == 0)
    _ = try scratch.file("conf.d/broken.toml", "x = ")
    #expect(try ShellLine("posternctl user disable bob -c postern.toml", in: scratch).status == 0)
    #expect(try content(scratch, "users.d/bob.toml").hasPrefix("disabled = true\n"))
    #expect(try ShellLine("posternctl user remove bob -c postern.toml", in: scratch).status == 0)
    #expect(try names(scratch).isEmpty)
  }

  @Test func oneCommandAtATime() throws {
    let scratch = try ConfigFilesTests.place()
    let directory = unsafe open("\(scratch.path)/users.d", O_RDONLY)
    defer { close(directory) }
    #expect(flock(directory, LOCK_EX) == 0)
    let run = try ShellLine("\(Self.add) --door ssh", in: scratch)
    #expect(run.status == 65 && run.errors.contains("another command works on users.d/"))
  }

  // MARK: One-time codes

  @Test func aUserWithCodes() throws {
    let scratch = try ConfigFilesTests.place()
    let run = try ShellLine("\(Self.add) --door ssh --totp", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try names(scratch).filter { $0.hasPrefix("bob") } == ["bob.toml", "bob@main.psk", "bob@main.totp"])
    #expect(try mode(scratch, "users.d/bob@main.totp") == 0o600)
    let line = try #require(run.errors.split(separator: "\n").first { $0.contains("otpauth://") })
    let text = try #require(line.split(separator: " ").last)
    #expect(text.hasPrefix("otpauth://totp/gw.example.org:bob%2Fmain?secret="))
    #expect(text.hasSuffix("&issuer=gw.example.org&algorithm=SHA1&digits=6&period=30"))
    let uri = try #require(CodeURI(Array(text.utf8)))
    let secret = try #require(Bytes32(uri.secret))
    #expect(secret != .zero)
    #expect(try compiled(scratch).gate.keys.map(\.limits.secondFactor) == [.totp(CodeSecret(secret: secret))])
    #expect(try content(scratch, "users.d/bob@main.totp") == Base64.encode(uri.secret) + "\n")
    // Nobody gets both factors in one file.
    #expect(!run.output.contains(Base32.encode(uri.secret)) && !run.output.contains(Base64.encode(uri.secret)))
    #expect(try Profile(text: run.output, file: "profile").code == .asked)

    let removal = try ShellLine("posternctl user remove bob -c postern.toml", in: scratch)
    #expect(removal.output.contains("removed users.d/bob@main.totp\n"), "\(removal.errors)")
    #expect(try names(scratch).filter { $0.hasPrefix("bob") }.isEmpty)
  }

  @Test func aFurtherDeviceWithCodes() throws {
    let scratch = try ConfigFilesTests.place()
    #expect(try ShellLine("\(Self.add) --door ssh", in: scratch).status == 0)
    let run = try ShellLine("posternctl user add bob -c postern.toml --gateway fd00::1,gw --device phone --totp", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("otpauth://totp/Postern:bob%2Fphone?secret="), "no colon within an issuer: \(run.errors)")
    let factors = try compiled(scratch).gate.keys.map { $0.limits.secondFactor != nil }
    #expect(factors == [false, true])
  }

  @Test(arguments: ["2>/dev/full", ">/dev/full"]) func codesThatNobodySawAreNotKept(_ redirection: String) throws {
    let scratch = try ConfigFilesTests.place()
    let before = try names(scratch)
    #expect(try ShellLine("\(Self.add) --door ssh --totp \(redirection)", in: scratch).status == 73)
    #expect(try names(scratch) == before)
  }

  /// A file of that name is somebody's secret.
  @Test func aFileOfCodesIsNeverReplaced() throws {
    let scratch = try ConfigFilesTests.place()
    _ = try scratch.file("users.d/bob@main.totp", ConfigFilesTests.secret(0x41))
    let before = try names(scratch)
    let run = try ShellLine("\(Self.add) --door ssh --totp", in: scratch)
    #expect(run.status == 73 && run.errors.contains("bob@main.totp: File exists"), "\(run.errors)")
    #expect(try names(scratch) == before)
  }
}
