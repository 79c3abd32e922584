// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct ActionTests {
  /// The minimal text with these lines behind it, and these in the door, the user and the key.
  static func text(_ actions: String, door: String = "", user: String = "", key: String = "") -> String {
    Samples.minimal.replacing("[doors.ssh]\n", with: "[doors.ssh]\n\(door)\n").replacing(
      "[users.alice]\n", with: "[users.alice]\n\(user)\n")
      + "\n\(key)\n" + actions
  }

  static let mail = """
    [actions.mail]
    run = ["/usr/sbin/sendmail", "-i", "{user}", "{source}", "a b;$(c)"]
    user = "staff"
    group = 50
    directory = "/var/spool"
    environment = { HOME = "/var/x", LANG = "C" }
    input = "Subject: {user}\\n\\nhello\\n"
    timeout = "5m"
    at-once = 3
    aliases = ["/bin/mail now"]
    """
  static let echo = """
    [actions.echo]
    run = ["/bin/cat"]
    serve = "nowait"
    listen = "tcp/[::1]:2323"
    """

  static func world() -> World {
    var world = Samples.world()
    world.account = { name in
      switch name {
      case .named("staff"): .init(user: 7, group: 8, groups: [8, 9])
      case .named("postern-runner"): .init(user: 900, group: 901)
      case .number(5): .init(user: 5, group: 6)
      case .named, .number: nil
      }
    }
    return world
  }

  static func compiled(_ text: String) throws -> CompiledTables { try Samples.configuration(text).compiled(with: world()) }

  @Test func everyKeyIsCompiled() throws {
    let text = Self.text(
      Self.mail + "\n" + Self.echo, door: "on-open = [\"mail\"]\non-close = [\"mail\"]\nservice = \"echo\"",
      user: "actions = [\"mail\"]", key: "does = \"run\"\naction = \"mail\"")
    let tables = try Self.compiled(text + "\n[events]\non-ban = [\"mail\"]")
    let mail = try #require(tables.keeper.actions.first)
    #expect(
      mail.words == [
        .text("/usr/sbin/sendmail"), .text("-i"), .value(.user), .value(.source), .text("a b;$(c)"),
      ])
    #expect(mail.account == .named(.init(user: 7, group: 50, groups: [8, 9])))
    #expect(mail.directory == "/var/spool" && Set(mail.environment) == ["HOME=/var/x", "LANG=C"])
    #expect(mail.input == ["Subject: {user}", "", "hello"])
    #expect(mail.timeout == 300 && mail.atOnce == 3 && mail.service == nil)
    let echo = try #require(tables.keeper.actions.last)
    #expect(echo.account == .runner(.init(user: 900, group: 901)) && echo.timeout == 3600 && echo.atOnce == 8)
    #expect(echo.service?.description == "tcp/[::1]:2323" && echo.service?.style == .nowait)
    #expect(tables.keeper.doors[0].actions == DoorActions(onOpen: [0], onClose: [0], service: 1))
    #expect(tables.keeper.users[0].actions == [0] && tables.keeper.onBan == [0])
    #expect(tables.gate.actions.map(\.aliases) == [["/bin/mail now"], []] && tables.gate.users[0].actions == [0])
    #expect(tables.gate.keys[0].deed == .run(0))
    let bytes = tables.keeper.encoded()
    #expect(try bytes.withBytes { bytes throws(WireError) in try KeeperTables(decoding: bytes) } == tables.keeper)
  }

  @Test func theRestIsUsual() throws {
    let tables = try Self.compiled(
      Self.text("[actions.a]\nrun = [\"/bin/true\"]\nuser = 5\n[actions.b]\nrun = [\"/bin/true\"]\nuser = 6"))
    let action = try #require(tables.keeper.actions.first)
    #expect(action.directory == "/" && action.timeout == 30 && action.atOnce == 1 && action.environment.isEmpty)
    #expect(action.account == .named(.init(user: 5, group: 6)))
    #expect(tables.keeper.actions[1].account == .named(.init(user: 6, group: 6)), "a number needs no account")
    #expect(tables.keeper.doors[0].actions.isEmpty && tables.gate.actions.map(\.weakest) == [.authenticated, .authenticated])
  }

  static let wrong: [(name: String, text: String, complaint: String)] = [
    ("no run", text("[actions.a]\n"), "missing key \"run\" in [actions.a]"),
    ("relative path", text("[actions.a]\nrun = [\"mail\"]"), "must be an absolute path, not \"mail\""),
    ("empty run", text("[actions.a]\nrun = []"), "must have 1 to 64 elements"),
    ("not a string", text("[actions.a]\nrun = [\"/a\", 1]"), "\"run\" must hold strings"),
    ("a control character", text("[actions.a]\nrun = [\"/a\", \"x\\ny\"]"), "\"run\" must hold strings"),
    ("a placeholder in a word", text("[actions.a]\nrun = [\"/a\", \"x={user}\"]"), "{user} must be a word of its own"),
    ("a placeholder as program", text("[actions.a]\nrun = [\"{user}\"]"), "must be a word of its own in \"run\", not the first"),
    ("no such placeholder", text("[actions.a]\nrun = [\"/a\", \"{who}\"]"), "\"{who}\" is none of {action}, {event}"),
    ("our variables", text("[actions.a]\nrun = [\"/a\"]\nenvironment = { POSTERN_USER = \"x\" }"), "are Postern's own"),
    ("no variable", text("[actions.a]\nrun = [\"/a\"]\nenvironment = { \"A=B\" = \"x\" }"), "\"A=B\" is no name of a variable"),
    ("a group alone", text("[actions.a]\nrun = [\"/a\"]\ngroup = 5"), "\"group\" needs a \"user\""),
    ("serve alone", text("[actions.a]\nrun = [\"/a\"]\nserve = \"wait\""), "\"serve\" and \"listen\" belong together"),
    ("listen alone", text("[actions.a]\nrun = [\"/a\"]\nlisten = \"tcp/:1\""), "\"serve\" and \"listen\" belong together"),
    (
      "no such place", text("[actions.a]\nrun = [\"/a\"]\nserve = \"wait\"\nlisten = \"tcp/x\""),
      "\"listen\" must be a place like"
    ),
    ("nowait over udp", text("[actions.a]\nrun = [\"/a\"]\nserve = \"nowait\"\nlisten = \"udp/:1\""), "udp needs \"wait\""),
    ("input of a service", text(echo + "\ninput = \"x\""), "\"input\" is not for services"),
    ("no such action", text(mail, door: "on-open = [\"mial\"]"), "unknown action \"mial\""),
    ("a service on open", text(echo, door: "on-open = [\"echo\"]"), "actions.echo serves connections"),
    ("no service", text(mail, door: "service = \"mail\""), "actions.mail serves nothing"),
    ("too many", text(mail, door: "on-open = [\(String(repeating: "\"mail\", ", count: 9))]"), "must have 1 to 8 elements"),
    ("not permitted", text(mail, key: "does = \"run\"\naction = \"mail\""), "the user's \"actions\" do not name \"mail\""),
    ("run what", text(mail, user: "actions = [\"mail\"]", key: "does = \"run\""), "missing key \"action\""),
    (
      "action of an open", text(mail, user: "actions = [\"mail\"]", key: "action = \"mail\""),
      "means nothing without: does = \"run\""
    ),
    (
      "an alias twice", text("[actions.a]\nrun = [\"/a\"]\naliases = [\"b\"]\n[actions.b]\nrun = [\"/a\"]"),
      "already means actions."
    ),
    ("a weak knock", text("[actions.a]\nrun = [\"/a\"]\nweakest = \"plain\""), "allow-weak = "),
    ("a timeout", text("[actions.a]\nrun = [\"/a\"]\ntimeout = \"2d\""), "\"timeout\" must be between"),
    ("at once", text("[actions.a]\nrun = [\"/a\"]\nat-once = 65"), "\"at-once\" must be between 1 and 64"),
  ]

  @Test(arguments: wrong) func everyMistakeIsNamed(_ test: (name: String, text: String, complaint: String)) {
    let errors = Samples.errors(test.text)
    #expect(errors.contains(test.complaint), "\(test.name): \(errors)")
  }

  static let unknown = [
    ("user = \"nobody-knows\"", "there is no user \"nobody-knows\""),
    ("user = 5\ngroup = \"none\"", "there is no group \"none\""),
  ]

  @Test(arguments: unknown) func accountsMustExist(_ lines: String, _ complaint: String) {
    #expect {
      _ = try Self.compiled(Self.text("[actions.a]\nrun = [\"/a\"]\n\(lines)"))
    } throws: { "\($0)".contains(complaint) }
  }

  @Test func weakKnocksAreNoticed() throws {
    let words = "weakest = \"plain\"\nallow-weak = \"an observer can repeat these knocks\""
    let tables = try Self.compiled(Self.text("[actions.a]\nrun = [\"/a\"]\n\(words)"))
    #expect(tables.keeper.notices == ["actions.a: plain knocks start it, an observer can repeat these knocks"])
    #expect(tables.gate.actions[0].weakest == .plain)
  }
}
