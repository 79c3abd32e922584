// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import PosternClient
import PosternCrypto
import PosternKnock
import PosternPlatform
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// The command itself, against sockets on loopback.
@Suite struct PosternCommandTests {
  /// A profile whose gateway is a UDP socket of this test, which decodes what arrives.
  private struct Lab: ~Copyable {
    let scratch: Scratch
    let gateway: OwnedDescriptor
    let profile: String
    static let gatewaySecret = Bytes32(Array(repeating: 0x42, count: 32))!
    static let clientSecret: UInt8 = 0x17

    init(_ lines: String = "") throws {
      let scratch = try Scratch()
      let gateway = try Loopback.bound(SOCK_DGRAM)
      _ = try scratch.secret("me.key", Self.clientSecret)
      _ = try scratch.secret("psk", 0x33)
      _ = try scratch.secret("admission", 0x44)
      let key = Base64.encode(try X25519PrivateKey(Self.gatewaySecret).publicKey.array)
      let profile = try scratch.file(
        "profile",
        """
        gateway = 127.0.0.1
        port = \(try Loopback.address(of: gateway).port)
        gateway-key = \(key)
        private-key = file:me.key
        psk = file:psk
        admission = file:admission
        door = ssh
        ipv4 = 192.0.2.7
        ipv6 = 2001:db8::7
        \(lines)
        """, mode: 0o644)
      self.scratch = scratch
      self.gateway = gateway
      self.profile = profile
    }

    /// What the datagrams that have arrived say to a gate with this gateway's key.
    func knocks() throws -> [Knock] {
      let client = try X25519PrivateKey(Bytes32(Array(repeating: Self.clientSecret, count: 32))!).publicKey
      let always = Validity()
      let tables = GateTables(
        gatewayKeys: [.init(privateKey: Self.gatewaySecret, validity: always)],
        admissions: [.always(Bytes32(Array(repeating: 0x44, count: 32))!)],
        keys: [.init(user: 0, publicKey: client, presharedKey: Bytes32(Array(repeating: 0x33, count: 32))!, validity: always)],
        users: [.init(doors: [], defaultDoor: nil, longestLease: 60, mayUsePacketSource: false, validity: always)], doors: [],
        keyBucket: .init(burst: 100, refill: .seconds(1)), curveBudget: 1000, clockIsTrusted: true)
      let now = SystemClock.now()
      var decoder = try SPADecoder(tables: tables, now: now, seed: 1)
      return Loopback.datagrams(gateway).compactMap { datagram in
        #expect(datagram.count == 184)
        let reading = datagram.withBytes { decoder.read($0, at: now) }
        guard case .knock(let knock) = reading else {
          Issue.record("refused: \(reading)")
          return nil
        }
        return knock
      }
    }
  }

  @Test func knockSendsFourFreshKnocks() throws {
    let lab = try Lab("lease = 5m")
    let run = try Command("postern", ["knock", "--profile", lab.profile], home: lab.scratch.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("asking to admit 192.0.2.7, 2001:db8::7"))
    let knocks = try lab.knocks()
    #expect(knocks.count == 4)
    #expect(zip(knocks, knocks.dropFirst()).allSatisfy { $0.stamp < $1.stamp })
    let spread = try #require(knocks.last).stamp - #require(knocks.first).stamp
    #expect(spread >= .milliseconds(1700) && spread < .milliseconds(2500))
    let door = try #require(Name("ssh"))
    for knock in knocks {
      #expect(knock.action == .open && knock.wishedLease == 300)
      #expect(knock.wish == .door(SPADoor.id(of: door)))
      #expect(knock.ipv4 == .named(IPv4Address("192.0.2.7")!, port: nil))
      #expect(knock.ipv6 == .named(IPv6Address("2001:db8::7")!, port: nil))
    }
  }

  @Test func optionsOverrideTheProfile() throws {
    let lab = try Lab("lease = 5m")
    let arguments = ["knock", "--profile", lab.profile, "--once", "--close", "--lease", "30s", "127.0.0.1", "web"]
    let run = try Command("postern", arguments, home: lab.scratch.path)
    #expect(run.status == 0, "\(run.errors)")
    let knocks = try lab.knocks()
    #expect(knocks.count == 1)
    #expect(knocks.first?.action == .close)
    #expect(knocks.first?.wish == .door(try SPADoor.id(of: #require(Name("web")))))
  }

  @Test func concurrentProcessesNeverShareAStamp() throws {
    let lab = try Lab()
    let (profile, home) = (lab.profile, lab.scratch.path)
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      let run = try? Command("postern", ["knock", "--once", "--profile", profile], home: home)
      #expect(run?.status == 0)
    }
    let stamps = try lab.knocks().map(\.stamp)
    #expect(stamps.count == 6 && Set(stamps).count == 6)
  }

  // MARK: Codes

  @Test func aCodeOfTheCommandLineIsInEveryKnock() throws {
    let lab = try Lab()
    let run = try Command("postern", ["knock", "--profile", lab.profile, "--code", "000987"], home: lab.scratch.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try lab.knocks().map(\.totp) == [987, 987, 987, 987])
    #expect(!run.errors.contains("000987") && run.output.isEmpty)
  }

  @Test func withoutACodeNoneIsSent() throws {
    let lab = try Lab()
    #expect(try Command("postern", ["knock", "--once", "--profile", lab.profile], home: lab.scratch.path).status == 0)
    #expect(try lab.knocks().map(\.totp) == [nil])
  }

  /// What the command calculates is what an own look at the clock says, before or after.
  @Test func aCodeIsCalculatedFromItsFile() throws {
    let lab = try Lab("totp = file:codes")
    let uri = CodeURI(issuer: "gw", account: "me", secret: Array(0..<20), hash: .sha256)
    let codes = try lab.scratch.file("codes", uri.text + "\n")
    let before = uri.code(at: SystemClock.now())
    let run = try Command("postern", ["knock", "--once", "--profile", lab.profile], home: lab.scratch.path)
    let after = uri.code(at: SystemClock.now())
    #expect(run.status == 0, "\(run.errors)")
    #expect([[before], [after]].contains(try lab.knocks().map(\.totp)))
    let given = try Command("postern", ["knock", "--once", "--profile", lab.profile, "--code", "123456"], home: lab.scratch.path)
    #expect(given.status == 0)
    #expect(try lab.knocks().map(\.totp) == [123_456], "the command line counts more")

    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: codes)
    #expect(try Command("postern", ["knock", "--once", "--profile", lab.profile], home: lab.scratch.path).status == 77)
    for (text, words) in [
      ("otpauth://totp/me?secret=A", "must hold an otpauth://totp/ URI"),
      (uri.text.replacing("digits=6", with: "digits=8"), "not 8"),
    ] {
      _ = try lab.scratch.file("codes", text)
      let refused = try Command("postern", ["knock", "--once", "--profile", lab.profile], home: lab.scratch.path)
      #expect(refused.status == 78 && refused.errors.contains(words), "\(refused.errors)")
      #expect(!refused.errors.contains("secret="))
    }
    #expect(try lab.knocks().isEmpty)
  }

  @Test(arguments: [
    ("code = ask\ntotp = file:codes", ":11: totp is of no use where the code is asked for"),
    ("code = 123456", ":10: code must be ask: a code counts once"), ("totp = MZXW6YTB", ":10: totp must be file:PATH"),
  ])
  func profilesWithoutSense(_ lines: String, _ words: String) throws {
    let lab = try Lab(lines)
    let run = try Command("postern", ["knock", "--once", "--profile", lab.profile], home: lab.scratch.path)
    #expect(run.status == 78 && run.errors == "postern: \(lab.profile)\(words)\n", "\(run.errors)")
  }

  @Test func otherProtocolsHaveNoSuchCode() throws {
    let scratch = try Scratch()
    let profile = try scratch.file("p", "protocol = knockd\ngateway = 127.0.0.1\nsequence = 7000 8000 9000\n")
    let run = try Command("postern", ["knock", "--once", "--profile", profile, "--code", "123456"], home: scratch.path)
    #expect(run.status == 64 && run.errors.contains("which has no such options"), "\(run.errors)")
  }

  // MARK: Passphrases from files; those of a terminal are in the system's tests

  @Test func aKeyWithAPassphrase() throws {
    let scratch = try Scratch()
    let (key, one, two) = ("\(scratch.path)/k", try scratch.file("one", "first words\n"), try scratch.file("two", "others"))
    let made = try Command("postern", ["keygen", "--passphrase-file", one, key])
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: key, encoding: .utf8)
    #expect(text.hasPrefix("postern-key-1 ") && text.hasSuffix("\n"))
    #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
    func publicKey(_ file: String) throws -> Command { try Command("postern", ["pubkey", "--passphrase-file", file, key]) }
    #expect(try publicKey(one).output == made.output)
    let wrong = try publicKey(two)
    #expect(wrong.status == 77 && wrong.output.isEmpty)
    #expect(wrong.errors == "postern: \(key): the passphrase is wrong, or the file was changed\n")

    // Another one; the link that leads to the key stays one.
    let link = "\(scratch.path)/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: key)
    let refused = try Command("postern", ["passphrase", "--old-passphrase-file", two, "--passphrase-file", two, link])
    #expect(refused.status == 77)
    #expect(try String(contentsOfFile: key, encoding: .utf8) == text)
    let changed = try Command("postern", ["passphrase", "--old-passphrase-file", one, "--passphrase-file", two, link])
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(try publicKey(two).output == made.output && publicKey(one).status == 77)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == key)

    // None, and one again.
    #expect(
      try Command("postern", ["passphrase", "--remove", "--old-passphrase-file", two, key]).errors.contains("has no passphrase"))
    #expect(try Command("postern", ["pubkey", key]).output == made.output)
    #expect(try String(contentsOfFile: key, encoding: .utf8).utf8.count == 45)
    #expect(try Command("postern", ["passphrase", "--passphrase-file", one, key]).status == 0)
    #expect(try publicKey(one).output == made.output)
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    #expect(left == ["k", "link", "one", "two"], "nothing is left beside")
    #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
  }

  @Test func filesOfPassphrasesAreTheirOwnersAlone() throws {
    let scratch = try Scratch()
    let open = try scratch.file("open", "words\n", mode: 0o644)
    #expect(try Command("postern", ["keygen", "--passphrase-file", open, "\(scratch.path)/k"]).status == 77)
    let empty = try scratch.file("empty", "\n")
    let run = try Command("postern", ["keygen", "--passphrase-file", empty, "\(scratch.path)/k"])
    #expect(run.status == 64 && run.errors == "postern: the passphrase is empty; no key is made\n")
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/k"))
  }

  static let sealedFiles: [(name: String, text: String, words: String)] = [
    ("too much work", "postern-key-1 " + Base64.encode([21, 8, 1] + Array(repeating: 1, count: 64)), "more or less work"),
    ("another version", "postern-key-2 AAAA", "in a form that is not known here"),
    ("cut short", "postern-key-1 AAAA", "holds no key"),
  ]

  @Test(arguments: sealedFiles.indices) func sealedFilesThatAreRefused(_ index: Int) throws {
    let (scratch, row) = (try Scratch(), Self.sealedFiles[index])
    let key = try scratch.file("k", row.text + "\n")
    let words = try scratch.file("words", "words")
    let run = try Command("postern", ["pubkey", "--passphrase-file", words, key])
    #expect(run.status == 78 && run.errors.contains(row.words), "\(row.name): \(run.errors)")
  }

  /// Nobody can type a passphrase into a psk: a key in its place is a mistake.
  @Test func aSealedKeyIsNoSecret() throws {
    let lab = try Lab()
    let words = try lab.scratch.file("words", "words")
    try FileManager.default.removeItem(atPath: "\(lab.scratch.path)/psk")
    #expect(try Command("postern", ["keygen", "--passphrase-file", words, "\(lab.scratch.path)/psk"]).status == 0)
    let run = try Command("postern", ["knock", "--once", "--profile", lab.profile], home: lab.scratch.path)
    #expect(run.status == 78 && run.errors.contains("is a key with a passphrase, which is not asked for here"), "\(run.errors)")
  }

  static let failures: [(name: String, arguments: [String], status: Int32)] = [
    ("no host", ["knock"], 64),
    ("bad lease", ["knock", "--lease", "30", "h"], 64),
    ("bad door", ["knock", "h", "SSH"], 64),
    ("bad carrier", ["knock", "--carrier", "tcp", "h"], 64),
    ("bad port", ["connect", "h", "0"], 64),
    ("a path for a name", ["knock", "../h"], 64),
    ("a code of five digits", ["knock", "--code", "12345", "h"], 64),
    ("a code of seven digits", ["knock", "--code", "0123456", "h"], 64),
    ("a code that is no number", ["connect", "--code", "12345x", "h", "22"], 64),
    ("a code with a sign", ["knock", "--code", "+12345", "h"], 64),
    ("a secret with a passphrase", ["keygen", "--secret", "--passphrase", "/nonexistent/key"], 64),
    ("no passphrase and another one", ["passphrase", "--remove", "--passphrase-file", "x", "/nonexistent/key"], 64),
    ("missing profile", ["knock", "h"], 66),
    ("missing key", ["pubkey", "/nonexistent/key"], 66),
  ]

  @Test(arguments: failures.indices)
  func exitCodes(_ index: Int) throws {
    let row = Self.failures[index]
    let run = try Command("postern", row.arguments)
    #expect(run.status == row.status, "\(row.name): \(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func exitCodesOfTheProfile() throws {
    let lab = try Lab()
    let home = lab.scratch.path
    #expect(try Command("postern", ["knock", "-6", "--profile", lab.profile], home: home).status == 68)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(home)/psk")
    let refused = try Command("postern", ["knock", "--once", "--profile", lab.profile], home: home)
    #expect(refused.status == 77)
    #expect(!refused.errors.contains(Base64.encode(Array(repeating: 0x33, count: 32))))
    let bad = try lab.scratch.file("bad", "gatway = x\n")
    let problem = try Command("postern", ["knock", "--profile", bad], home: home)
    #expect(problem.status == 78)
    #expect(problem.errors == "postern: \(bad):1: unknown key; did you mean `gateway`?\n")
  }

  /// A packet over IPv4 shows no IPv6 source: nothing is sent, least of all a close of everything.
  @Test(arguments: [[], ["--close"]]) func aSourceOfTheOtherFamilyIsNotSent(_ action: [String]) throws {
    let lab = try Lab()
    let text = try String(contentsOfFile: lab.profile, encoding: .utf8)
      .replacingOccurrences(of: "ipv4 = 192.0.2.7", with: "ipv4 = none")
      .replacingOccurrences(of: "ipv6 = 2001:db8::7", with: "ipv6 = source")
    let profile = try lab.scratch.file("other", text)
    let run = try Command("postern", ["knock", "--once", "--profile", profile] + action, home: lab.scratch.path)
    #expect(run.status == 69)
    #expect(run.errors.contains("127.0.0.1: the packet's IPv6 source needs a packet of the other family"), "\(run.errors)")
    #expect(try lab.knocks().isEmpty)
  }

  @Test func keygen() throws {
    let scratch = try Scratch()
    let made = try Command("postern", ["keygen", "\(scratch.path)/k"])
    #expect(made.status == 0)
    #expect(try Command("postern", ["pubkey", "\(scratch.path)/k"]).output == made.output)
    #expect(try Command("postern", ["keygen", "\(scratch.path)/k"]).status == 73)
    let secret = try Command("postern", ["keygen", "--secret", "\(scratch.path)/s"])
    #expect(secret.status == 0 && secret.output.isEmpty && secret.errors.isEmpty)
  }

  @Test func connectCarriesTheStream() throws {
    let lab = try Lab()
    let listener = try Loopback.listener()
    let port = try Loopback.address(of: listener).port
    let number = listener.number
    let serving = try Worker {
      let server = accept(number, nil, nil)
      let bytes = Loopback.readAll(server)
      Loopback.writeAll(bytes.reversed(), to: server)
      close(server)
    }
    let stream = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })
    let arguments = ["connect", "--verbose", "--profile", lab.profile, "127.0.0.1", "\(port)"]
    let run = try Command("postern", arguments, home: lab.scratch.path, input: stream)
    serving.join()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == Data(stream.reversed()))
    #expect(run.errors.contains("connected"))
    #expect(try lab.knocks().count == 1)
  }

  @Test func connectGivesUp() throws {
    let lab = try Lab()
    let port = try Loopback.freePort()
    let arguments = ["connect", "--timeout", "1", "--profile", lab.profile, "127.0.0.1", "\(port)"]
    let run = try Command("postern", arguments, home: lab.scratch.path)
    #expect(run.status == 75)
    #expect(run.output.isEmpty)
    #expect(run.errors == "postern: no connection within 1.0 s: 127.0.0.1:\(port): Connection refused\n")
    #expect(try lab.knocks().count == 3)
  }
}
