// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternClient
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Stanzas of the fwknop client and the packets that come of them.
@Suite struct FwknopRCTests {
  private static let stanzas = """
    # comment
    ; another
    [default]
    SPA_SERVER   192.0.2.1
    KEY default-key
    HMAC_KEY default-code

    [work]
    ACCESS tcp/22
    ALLOW_IP 198.51.100.7
    KEY_BASE64: d29yay1rZXk=  # blanks end a value
      FW_TIMEOUT\t77 ; so does this
    SPOOF_USER bob x
    [twice]
    KEY one
    KEY two
    ACCESS tcp/22,udp/53
    ALLOW_IP source
    TIME_OFFSET -1h
    [nat]
    ACCESS tcp/22
    ALLOW_IP 198.51.100.7
    NAT_ACCESS 10.1.1.1
    NAT_PORT 4000
    [local]
    ACCESS tcp/22
    ALLOW_IP 198.51.100.7
    NAT_LOCAL Y
    FW_TIMEOUT 5
    """

  private static let now = Timestamp(seconds: 1_800_000_000)

  private static func occasion(_ gateway: String = "192.0.2.1") throws -> KnockOccasion {
    KnockOccasion(
      action: .open, gateway: try Made.address(gateway), source: try Made.address("203.0.113.9"), now: now,
      stamps: StampFile(path: "/nonexistent"))
  }

  /// What the command line and an rc file together ask for.
  private static func recipe(
    _ settings: [Setting], host: String? = nil, rc: String = stanzas, mode: Int = 0o600
  ) throws -> any KnockRecipe {
    let scratch = try Scratch()
    let path = try scratch.file("fwknoprc", rc, mode: mode)
    var lines = ProfileText()
    lines.override([Setting("rc-file", path)] + settings)
    try RecipeBook.complete("fwknop", &lines, host: host)
    let recipe = try RecipeBook.recipe("fwknop", lines)
    return try #require(recipe)
  }

  /// What fwknop's text in a step says to somebody with these keys.
  private static func message(_ step: KnockStep, passphrase: String, code: String) throws -> FwknopMessage {
    let credential = FwknopCredential(
      mode: .cbc, passphrase: Array(passphrase.utf8), codeHash: .sha256, codeKey: Array(code.utf8), user: "", sources: [],
      requiresAddress: false, allowsAnyAgent: false)
    var decoder = try FwknopDecoder([Registered(KeyIndex(0), credential)], now: now)
    let source = try Made.address("203.0.113.9")
    let decoding = step.payload.withBytes { decoder.decode($0, from: source, at: now) }
    guard case .decoded(let decoded) = decoding else { throw Unreadable(decoding: decoding) }
    return decoded.message
  }

  private struct Unreadable: Error {
    let decoding: FwknopDecoder.Decoding
  }

  @Test func aStanzaAndTheDefaultOne() throws {
    let steps = try Self.recipe([Setting("named-config", "work")]).steps(Self.occasion())
    #expect(steps.count == 1 && steps[0].port == 62_201 && steps[0].transport == .udp(source: nil))
    let message = try Self.message(steps[0], passphrase: "work-key", code: "default-code")
    #expect(message.kind == .accessWithTimeout && message.timeout == 77 && message.user == "bob")
    let service = try Made.service("tcp/22")
    #expect(message.address == IPv4Address("198.51.100.7") && message.wish == .access([service]))
    #expect(message.seconds == 1_800_000_000)
  }

  @Test func theHostIsAStanza() throws {
    let steps = try Self.recipe([], host: "twice").steps(Self.occasion())
    let message = try Self.message(steps[0], passphrase: "two", code: "default-code")
    #expect(message.kind == .access && message.address == IPv4Address(0) && message.seconds == 1_800_000_000 - 3600)
    let service = try Made.service("tcp/22")
    let other = try Made.service("udp/53")
    #expect(message.wish == .access([service, other]))
  }

  @Test func flowsAreLedElsewhere() throws {
    let inner = try Self.message(
      try Self.recipe([], host: "nat").steps(Self.occasion())[0], passphrase: "default-key", code: "default-code")
    #expect(inner.kind == .natAccess && inner.target?.host == "10.1.1.1" && inner.target?.port.number == 22)
    let service = try Made.service("tcp/4000")
    #expect(inner.wish == .access([service]))
    let local = try Self.message(
      try Self.recipe([], host: "local").steps(Self.occasion())[0], passphrase: "default-key", code: "default-code")
    #expect(local.kind == .localNATAccessWithTimeout && local.target?.host == "192.0.2.1" && local.timeout == 5)
  }

  @Test func theCommandLineCountsMost() throws {
    let settings = [
      Setting("named-config", "work"), Setting("access", "tcp/8022"), Setting("allow-ip", "auto"), Setting("fw-timeout", "0"),
    ]
    let recipe = try Self.recipe(settings)
    let message = try Self.message(recipe.steps(Self.occasion())[0], passphrase: "work-key", code: "default-code")
    #expect(message.kind == .access && message.address == IPv4Address("203.0.113.9"))
    let service = try Made.service("tcp/8022")
    #expect(message.wish == .access([service]))
    // Over IPv6 only the packet's own source can be asked for.
    let six = try KnockOccasion(
      action: .open, gateway: Made.address("2001:db8::1"), source: Made.address("2001:db8::7"), now: Self.now,
      stamps: StampFile(path: "/nonexistent"))
    #expect(try Self.message(recipe.steps(six)[0], passphrase: "work-key", code: "default-code").address == IPv4Address(0))
  }

  @Test func aKeyFileCountsMoreThanAStanza() throws {
    let scratch = try Scratch()
    let key = try scratch.file("key", "key-of-the-file\n")
    let list = try scratch.file("list", "192.0.2.9: other\n192.0.2.1:  key-of-the-list\n")
    let file = try Self.recipe([Setting("named-config", "work"), Setting("key", "file:\(key)")])
    #expect(throws: Never.self) {
      try Self.message(file.steps(Self.occasion())[0], passphrase: "key-of-the-file", code: "default-code")
    }
    let listed = try Self.recipe([Setting("named-config", "work"), Setting("get-key", list)])
    #expect(throws: Never.self) {
      try Self.message(listed.steps(Self.occasion())[0], passphrase: "key-of-the-list", code: "default-code")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
    #expect(throws: ClientError.self) { try file.steps(Self.occasion()) }
  }

  @Test func everyKnockIsFresh() throws {
    let recipe = try Self.recipe([Setting("named-config", "work")])
    let payloads = try (0..<8).map { _ in try recipe.steps(Self.occasion())[0].payload }
    #expect(Set(payloads).count == 8)
  }

  static let carriers: [(settings: [Setting], transport: KnockStep.Transport, port: UInt16, hopLimit: UInt8?)] = [
    (
      [Setting("server-proto", "udp"), Setting("source-port", "4000"), Setting("server-port", "99")], .udp(source: Port(4000)),
      99, nil
    ),
    ([Setting("server-proto", "udpraw")], .udp(source: nil), 62_201, 255),
    ([Setting("server-proto", "tcp")], .stream, 62_201, nil),
    ([Setting("server-proto", "tcpraw")], .tcp(.init(sequence: 1, window: 32_767, options: [])), 62_201, 255),
    ([Setting("server-proto", "icmp")], .icmp(.init(type: 0, identifier: 0, sequence: 0)), 0, nil),
    ([Setting("server-proto", "icmp"), Setting("icmp-type", "8")], .icmp(.init()), 0, nil),
    (
      [Setting("server-proto", "icmp"), Setting("icmp-type", "13"), Setting("icmp-code", "1")],
      .icmp(.init(type: 13, code: 1, identifier: 0, sequence: 0)), 0, nil
    ),
    ([Setting("server-proto", "http")], .stream, 80, nil),
  ]

  @Test(arguments: carriers.indices)
  func carriersOfTheClient(_ index: Int) throws {
    let row = Self.carriers[index]
    let steps = try Self.recipe([Setting("named-config", "work")] + row.settings).steps(Self.occasion())
    #expect(steps.count == 1 && steps[0].transport == row.transport && steps[0].port == row.port, "\(row.settings)")
    #expect(steps[0].ip.hopLimit == row.hopLimit)
  }

  @Test func httpAndItsProxy() throws {
    let direct = try Self.recipe([
      Setting("named-config", "work"), Setting("server-proto", "http"), Setting("user-agent", "Fwknop/x"),
    ])
    let text = String(decoding: try direct.steps(Self.occasion())[0].payload, as: UTF8.self)
    #expect(text.hasPrefix("GET /") && text.contains("\r\nUser-Agent: Fwknop/x\r\n") && text.contains("\r\nHost: 192.0.2.1\r\n"))
    let proxied = try Self.recipe(
      [Setting("named-config", "work"), Setting("server-proto", "http"), Setting("http-proxy", "proxy.example:3128")])
    let step = try proxied.steps(Self.occasion())[0]
    #expect(step.port == 3128 && proxied.via == "proxy.example")
    let request = String(decoding: step.payload, as: UTF8.self)
    #expect(request.hasPrefix("GET http://192.0.2.1/") && request.contains("\r\nHost: proxy.example\r\n"))
  }

  static let refused: [(name: String, rc: String, settings: [Setting], message: String)] = [
    ("no such stanza", stanzas, [Setting("named-config", "nix")], "has no stanza nix"),
    ("unknown variable", "[default]\nBOGUS 1\n", [], ":2: unknown variable"),
    ("no value", "[default]\nKEY\n", [], ":2: expected a variable and a value"),
    ("equals", "[default]\nSPA_SERVER_PROTO=udp\n", [], ":2: expected a variable and a value"),
    ("no key", "[default]\nACCESS tcp/22\n", [], "key is missing"),
    (
      "a key on the command line", stanzas, [Setting("named-config", "work"), Setting("key", "secret-word")],
      "--key must be file:PATH"
    ),
    ("GPG", "[default]\nACCESS tcp/22\nKEY a\nUSE_GPG Y\n", [], "encryption-mode must be cbc or legacy"),
    ("resolving", "[default]\nACCESS tcp/22\nKEY a\nRESOLVE_IP_HTTPS Y\n", [], "no web page is asked"),
    (
      "old with a code", "[default]\nACCESS tcp/22\nKEY a\nHMAC_KEY b\nENCRYPTION_MODE legacy\n", [],
      "is legacy, which knows no HMAC"
    ),
    ("a code without a key", "[default]\nACCESS tcp/22\nKEY a\nUSE_HMAC Y\n", [], "hmac-key is missing"),
    ("two ports led", "[default]\nACCESS tcp/22,tcp/23\nKEY a\nNAT_ACCESS 10.0.0.1\n", [], "access must be one port"),
    ("bad ports", "[default]\nACCESS tcp/0\nKEY a\n", [], "access must be ports like"),
    ("bad timeout", "[default]\nACCESS tcp/22\nKEY a\nFW_TIMEOUT 65537\n", [], "fw-timeout must be seconds up to 65536"),
    ("a source that udp cannot have", "[default]\nACCESS tcp/22\nKEY a\nSPOOF_SOURCE_IP 1.2.3.4\n", [], "needs server-proto"),
  ]

  @Test(arguments: refused.indices)
  func refusals(_ index: Int) throws {
    let row = Self.refused[index]
    do {
      _ = try Self.recipe(row.settings, rc: row.rc)
      Issue.record("\(row.name): accepted")
    } catch let error as ClientError {
      #expect(error.description.contains(row.message), "\(row.name): \(error)")
      #expect(!error.description.contains("secret-word"))
    }
  }

  @Test func equalKeysAreRefused() throws {
    let recipe = try Self.recipe([], rc: "[default]\nSPA_SERVER 192.0.2.1\nACCESS tcp/22\nKEY same\nHMAC_KEY same\n")
    #expect(throws: ClientError.self) { try recipe.steps(Self.occasion()) }
  }

  @Test(arguments: [0o640, 0o604, 0o660])
  func theFileIsItsOwnersAlone(_ mode: Int) {
    #expect { try Self.recipe([], host: "work", mode: mode) } throws: { ($0 as? ClientError)?.exitCode == 77 }
  }

  @Test func nothingShowsASecret() throws {
    let recipe = try Self.recipe([], host: "work")
    #expect(!"\(recipe)".contains("default-code") && !String(reflecting: recipe).contains("default-code"))
    var dumped = ""
    dump(recipe, to: &dumped)
    #expect(!dumped.contains("default-code") && !dumped.contains("work-key"))
  }
}
