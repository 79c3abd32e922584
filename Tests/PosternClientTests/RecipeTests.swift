// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternClient
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// What the recipes make, read by the gate's own readers.
@Suite struct RecipeTests {
  struct Row: Sendable {
    var name: String
    var recipe: String
    var settings: [Setting]
    var credential: Credential
    var gateway = "192.0.2.1"
    var action = KnockAction.open
    /// What the knock asks for; nil asks for the key's door.
    var wish: Knock.Wish = .door(nil)
    var knocked: Knock.Action = .open
  }

  private static let now = Timestamp(seconds: 1_800_000_000)
  private static let key = [UInt8](repeating: 0x5a, count: 32)
  private static let secret = Bytes32(key) ?? .zero
  private static let text = Array("opensesame".utf8)

  /// `KEY`, `TEXT` and `SCRIPT` stand for files that the test writes.
  private static func row(
    _ name: String, _ recipe: String, _ settings: [(String, String)], _ credential: Credential, gateway: String = "192.0.2.1",
    action: KnockAction = .open, wish: Knock.Wish = .door(nil), knocked: Knock.Action = .open
  ) -> Row {
    Row(
      name: name, recipe: recipe, settings: settings.map { Setting($0.0, $0.1) }, credential: credential, gateway: gateway,
      action: action, wish: wish, knocked: knocked)
  }

  private static func port(_ number: UInt16) -> PosternWire.Port { PosternWire.Port(number) ?? .last }
  private static let ssh = Service(.tcp, port(22))
  private static let script = """
    keypkt { ip { daddr = any; udp { dport = 7001; data = "first"; } } }
    keypkt { ip { daddr = any; tcp { dport = 7002; seq = 17; flags = S; } } }
    keypkt { ip { daddr = any; icmp { type = 8; code = 0; } } }
    cmdpkt { ip { daddr = any; udp { dport = 7003; data = "go"; } } }
    """

  private static func ports(_ form: PortsCredential.Form, base: UInt16, order: PortsCredential.Order = .arrival) -> Credential {
    .ports(PortsCredential(form: form, base: base, window: .seconds(10), order: order, needsSource: form != .sealed(secret)))
  }

  private static func rolling(door: String? = nil, bindsSource: Bool = true, transport: RollingCredential.Transport = .tcp)
    -> Credential
  {
    .rolling(
      RollingCredential(
        secret: secret, door: door.flatMap { Name($0) }.map { SPADoor.id(of: $0) } ?? DoorID(0), transport: transport,
        base: 32_768, portCount: 8, stepLength: 30, window: .seconds(10), bindsSource: bindsSource))
  }

  private static func header(_ conditions: [HeaderCredential.Condition], _ target: HeaderTarget) -> Credential {
    .header(
      HeaderCredential(
        carrier: .tcp, flagsAsked: 0x17, flagsSet: 2, conditions: conditions, target: target, allowed: []))
  }

  private static func knockd(_ steps: [KnockdStep]) -> Credential {
    .knockd(KnockdCredential(sequences: .always(steps), timeout: .seconds(10)))
  }

  static let rows: [Row] = [
    row(
      "knockd", "knockd", [("sequence", "7000 8000:udp 9000:tcp")],
      knockd([.tcp(port(7000), .any), .udp(port(8000)), .tcp(port(9000), .any)])),
    row("knockd, echo", "knockd", [("sequence", "echo, tcp/7000 syn !ack")], knockd([.echo, .tcp(port(7000), .any)])),
    row(
      "knockd over IPv6", "knockd", [("sequence", "echo 7000")], knockd([.echo, .tcp(port(7000), .any)]), gateway: "2001:db8::1"),
    row(
      "knockd, closing", "knockd", [("sequence", "1 2"), ("close-sequence", "2,1"), ("udp", "yes")],
      knockd([.udp(port(2)), .udp(port(1))]), action: .close),
    row(
      "cd00r", "cd00r", [("ports", "200 80,22")],
      .cd00r(
        Cd00rCredential(
          ports: [port(200), port(80), port(22)], timeout: .seconds(10), targets: [], resets: true, state: .perSource))),
    row(
      "header, strip10", "header", [("sequence", "17"), ("service", "22"), ("opens", "strip10")],
      header([.init(.sequence, 17...17)], .strip10), wish: .services([ssh])),
    row(
      "header, subtract", "header", [("sequence", "0x11"), ("service", "22"), ("opens", "subtract1000"), ("ttl", "77")],
      header([.init(.timeToLive, 77...77), .init(.sequence, 17...17)], .subtract(1000)), wish: .services([ssh])),
    row(
      "header, all fields", "header",
      [
        ("port", "7073"), ("sequence", "149112667"), ("acknowledgement", "777"), ("window", "512"), ("identification", "9"),
        ("source-port", "1000"), ("urgent", "3"),
      ],
      header(
        [
          .init(.identification, 9...9), .init(.sourcePort, 1000...1000), .init(.port, 7073...7073),
          .init(.sequence, 149_112_667...149_112_667), .init(.acknowledgement, 777...777), .init(.window, 512...512),
          .init(.urgentPointer, 3...3),
        ], .door)),
    row(
      "doorman", "doorman", [("group", "foo"), ("secret", "TEXT"), ("service", "22")],
      .doorman(DoormanCredential(port: port(1001), group: "foo", secret: text, ports: [port(22)], networks: [])),
      wish: .services([ssh])),
    row(
      "tumbler", "tumbler", [("secret", "TEXT")],
      .tumbler(TumblerCredential(port: port(8675), secret: text, user: nil, time: .standard, separator: ","))),
    row(
      "tumbler with a name", "tumbler",
      [("secret", "TEXT"), ("user", "bob"), ("port", "99"), ("separator", "|"), ("time", "%s")],
      .tumbler(
        TumblerCredential(port: port(99), secret: text, user: "bob", time: TimePattern("%s") ?? .standard, separator: "|")),
      gateway: "2001:db8::1"),
    row(
      "syn", "syn", [("secret", "KEY"), ("port", "22")], .syn(SynCredential(secret: secret, asksForPort: true)),
      wish: .services([ssh])),
    row(
      "syn, closing", "syn", [("secret", "KEY"), ("port", "22")], .syn(SynCredential(secret: secret, asksForPort: false)),
      gateway: "2001:db8::1", action: .close, knocked: .close),
    row("ports, sealed", "ports", [("secret", "KEY")], ports(.sealed(secret), base: 32_768)),
    row(
      "ports, sealed, closing over IPv6", "ports",
      [("secret", "KEY"), ("service", "tcp/22"), ("base", "1024"), ("order", "seq")],
      ports(.sealed(secret), base: 1024, order: .sequence), gateway: "2001:db8::1", action: .close, wish: .services([ssh]),
      knocked: .close),
    row(
      "ports, plain", "ports", [("form", "plain-8"), ("service", "tcp/22"), ("lease", "15m")], ports(.plain, base: 1024),
      wish: .services([ssh])),
    row(
      "pasmal", "pasmal", [("opener", "tcp/7000, udp/8000, echo id 7 length 4")],
      .pasmal(
        PasmalCredential(
          opener: [
            .tcp(port(7000), TCPFlagTest(set: .syn, clear: []) ?? .any), .udp(port(8000)),
            .echo(identifier: 7, sequence: nil, length: 4),
          ], screen: nil, passwordPort: nil, timeout: .seconds(10)))),
    row("rolling", "rolling", [("secret", "KEY")], rolling()),
    row(
      "rolling by datagrams", "rolling", [("secret", "KEY"), ("door", "ssh"), ("transport", "udp"), ("bind-source", "no")],
      rolling(door: "ssh", bindsSource: false, transport: .udp), gateway: "2001:db8::1"),
  ]

  /// All packets but the last are steps, the last is the knock.
  @Test(arguments: rows.indices)
  func readersTakeThem(_ index: Int) throws {
    let row = Self.rows[index]
    let readings = try Self.readings(row)
    #expect(readings.dropLast().allSatisfy { $0 == .step }, "\(row.name): \(readings)")
    guard case .knock(let knock) = readings.last else {
      Issue.record("\(row.name): \(String(describing: readings.last))")
      return
    }
    #expect(knock.action == row.knocked && knock.wish == row.wish, "\(row.name): \(knock)")
  }

  private static func sadoor(_ settings: [(String, String)], wish: Knock.Wish) throws -> Row {
    let credential = SadoorCredential(
      form: .sealed(secret), script: try PacketScript(parsing: script), timeout: .seconds(10), isGlobal: false,
      takesEmptyCommand: false)
    return row("sadoor", "sadoor", [("secret", "KEY"), ("packets", "SCRIPT")] + settings, .sadoor(credential), wish: wish)
  }

  @Test func sadoorsPacketsAndCommands() throws {
    let asked: [(settings: [(String, String)], wish: Knock.Wish)] = [
      ([], .door(nil)), ([("services", "tcp/22,udp/53")], .services([Self.ssh, Service(.udp, Self.port(53))])),
      ([("run", "backup now")], .command(Array("backup now".utf8))),
    ]
    for (settings, wish) in asked {
      let readings = try Self.readings(Self.sadoor(settings, wish: wish))
      #expect(readings.count == 4 && readings.dropLast().allSatisfy { $0 == .step }, "\(readings)")
      guard case .knock(let knock) = readings.last else {
        Issue.record("\(readings)")
        return
      }
      #expect(knock.wish == wish)
    }
  }

  /// Where the real packets are among the decoys, only the key tells; the numbers of two knocks differ.
  @Test func pasmalsScreen() throws {
    let screen = PasmalCredential.Screen(secret: Self.secret, base: 32_768, span: 1024, packets: 64, real: 8)
    let credential = PasmalCredential(opener: [.udp(Self.port(8000))], screen: screen, passwordPort: nil, timeout: .seconds(10))
    let row = Self.row("pasmal", "pasmal", [("opener", "udp/8000"), ("screen", "KEY")], .pasmal(credential))
    let isKnock = { (reading: Reading) in if case .knock = reading { true } else { false } }
    #expect(try Self.readings(row).count(where: isKnock) == 1)
    #expect(try Self.readings(row, wrongSecret: true).count(where: isKnock) == 0)
    let scratch = try Scratch()
    let openers = try (0..<2).map { _ in try Self.steps(row, scratch)[0].payload }
    #expect(openers == [[0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 2]])
  }

  /// Each secret of another key is refused where the right one opens.
  @Test(arguments: ["doorman", "tumbler", "syn", "ports, sealed", "rolling"])
  func anotherSecretOpensNothing(_ name: String) throws {
    let row = try #require(Self.rows.first { $0.name == name })
    guard case .knock = try Self.readings(row).last else {
      Issue.record("the right secret is refused")
      return
    }
    if case .knock = try Self.readings(row, wrongSecret: true).last { Issue.record("a wrong secret opened") }
  }

  /// What each makes twice differs where the protocol can tell knocks apart.
  @Test(arguments: ["doorman", "ports, sealed"])
  func everyKnockIsFresh(_ name: String) throws {
    let row = try #require(Self.rows.first { $0.name == name })
    let scratch = try Scratch()
    let first = try Self.steps(row, scratch)
    #expect(try Self.steps(row, scratch) != first)
  }

  private static func steps(_ row: Row, _ scratch: Scratch, wrongSecret: Bool = false) throws -> [KnockStep] {
    let byte: UInt8 = wrongSecret ? 0x5b : 0x5a
    let files = [
      "KEY": try scratch.file("key", Base64.encode(Array(repeating: byte, count: 32)) + "\n"),
      "TEXT": try scratch.file("text", wrongSecret ? "closesesame\n" : "opensesame\n"),
      "SCRIPT": try scratch.file("script", script),
    ]
    var lines = ProfileText()
    lines.override(row.settings.map { Setting($0.key, files[$0.value].map { "file:" + $0 } ?? $0.value) })
    let recipe = try Self.recipe(row.recipe, lines)
    let gateway = try Made.address(row.gateway)
    let occasion = KnockOccasion(
      action: row.action, gateway: gateway, source: try source(gateway), now: now,
      stamps: StampFile(path: scratch.path + "/stamp"))
    let steps = try recipe.steps(occasion)
    try StepBounds.check(steps)
    return steps
  }

  private static func recipe(_ name: String, _ lines: ProfileText) throws -> any KnockRecipe {
    let recipe = try RecipeBook.recipe(name, lines)
    return try #require(recipe)
  }

  private static func source(_ gateway: IPAddress) throws -> IPAddress {
    try Made.address(gateway.family == .ipv4 ? "192.0.2.7" : "2001:db8::7")
  }

  private static func readings(_ row: Row, wrongSecret: Bool = false) throws -> [Reading] {
    let scratch = try Scratch()
    let gateway = try Made.address(row.gateway)
    let builder = try Made.builder(source(gateway).description, row.gateway)
    var tables = GateTables(
      gatewayKeys: [.init(privateKey: secret, validity: Validity())], admissions: [.always(.zero)],
      keys: [.init(user: 0, credential: row.credential, validity: Validity(), fingerprint: 1)],
      users: [.init(doors: [], defaultDoor: nil, longestLease: 60, mayUsePacketSource: true, validity: Validity())], doors: [],
      keyBucket: .init(burst: 100, refill: .seconds(1)), curveBudget: 1000, clockIsTrusted: true)
    var registry = try Registry(tables: &tables, now: now, seed: 1)
    var readings: [Reading] = []
    for step in try steps(row, scratch, wrongSecret: wrongSecret) {
      var made = builder
      made.identification = step.ip.identification ?? 0
      made.hopLimit = step.ip.hopLimit ?? 64
      let packet = step.packet(made, chance: try .draw())
      try packet.withBytes { bytes in
        let view = try PacketView(bytes)
        readings.append(registry.read(view, as: row.credential.knockProtocol, at: now))
      }
    }
    return readings
  }

  // MARK: Settings

  static let refused: [(recipe: String, settings: [(String, String)], message: String)] = [
    ("knockd", [], "--sequence is missing: ports with blanks"),
    ("knockd", [("sequence", "7000 x")], "--sequence must be ports with blanks"),
    ("knockd", [("sequence", "7000:sctp")], "--sequence must be ports with blanks"),
    ("knockd", [("sequence", "1"), ("delay", "-1")], "--delay must be a time like"),
    ("cd00r", [("ports", "0")], "--ports must be ports with blanks between"),
    ("header", [("service", "22")], "--opens is missing"),
    ("header", [("service", "1000"), ("opens", "strip10")], "--opens must be strip10"),
    ("header", [("port", "22"), ("sequence", "4294967296")], "--sequence must be a number up to 4294967295"),
    ("header", [("port", "22"), ("sequence", "-1")], "--sequence must be a number up to 4294967295"),
    ("header", [("port", "22"), ("sequence", "0x+1")], "--sequence must be a number up to 4294967295"),
    ("header", [("port", "22"), ("flags", "syn foo")], "--flags must be of fin syn"),
    ("doorman", [("group", "foo"), ("service", "22"), ("secret", "word")], "--secret must be file:PATH"),
    ("doorman", [("group", "a b"), ("service", "22"), ("secret", "file:x")], "--group must be a group"),
    ("ports", [("secret", "file:x"), ("form", "legacy")], "--form must be sealed, legacy-8 or plain-8"),
    ("ports", [], "--secret is missing"),
    ("rolling", [("secret", "file:x"), ("ports", "6")], "--ports must be 7 to 16"),
    ("sadoor", [("secret", "file:x")], "--packets is missing"),
    ("sadoor", [("secret", "file:x"), ("packets", "file:y"), ("form", "legacy-blowfish")], "--run is missing"),
    ("tumbler", [("secret", "file:x"), ("time", "%Q")], "--time must be a time like"),
    ("syn", [("secret", "file:x")], "--port is missing"),
    ("syn", [("secret", "file:x"), ("prot", "22")], "--unknown key; did you mean `port`?"),
  ]

  @Test(arguments: refused.indices)
  func settingsAreChecked(_ index: Int) {
    let row = Self.refused[index]
    var lines = ProfileText()
    lines.override(row.settings.map { Setting($0.0, $0.1) })
    do {
      _ = try RecipeBook.recipe(row.recipe, lines)
      Issue.record("\(row.recipe) \(row.settings): accepted")
    } catch {
      #expect(error.exitCode == 64 && error.description.hasPrefix(row.message), "\(error)")
    }
  }

  @Test func profilesAreChecked() throws {
    let scratch = try Scratch()
    let path = try scratch.file("p", "protocol = doorman\ngroup = foo\nservice = 22\nsecret = word\n", mode: 0o644)
    let recipe = try Self.recipe("doorman", ProfileText(path: path))
    let occasion = KnockOccasion(
      action: .open, gateway: try Made.address("192.0.2.1"), source: try Made.address("192.0.2.7"), now: Self.now,
      stamps: StampFile(path: scratch.path + "/stamp"))
    #expect { try recipe.steps(occasion) } throws: { ($0 as? ClientError)?.exitCode == 77 }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let own = try Self.recipe("doorman", ProfileText(path: path))
    #expect(try own.steps(occasion).count == 1)
    #expect(!"\(own)".contains("word"))
    let bad = try scratch.file("bad", "protocol = doorman\ngroup = foo\nservice = nix\nsecret = word\n")
    #expect {
      _ = try RecipeBook.recipe("doorman", ProfileText(path: bad))
    } throws: { error in "\(error)" == "\(bad):3: service must be the TCP port to open" }
    let unknown = try scratch.file("unknown", "protocol = nix\n")
    #expect { _ = try ProfileText(path: unknown).knockProtocol() } throws: { ($0 as? ClientError)?.exitCode == 78 }
  }

  @Test func everyProtocolHasARecipe() {
    let named = KnockProtocol.named.filter { $0 != .spa }.map(\.description)
    #expect(Set(RecipeBook.names) == Set(named))
  }
}
