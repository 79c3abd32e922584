// SPDX-License-Identifier: Apache-2.0
import PosternTables
import Testing

@testable import PosternImport

@Suite struct DoormanImportTests {
  static let settings = """
    interface eth0
    PORT 1033
    waitfor 12
    connection_delay_1 500000
    guestlist /etc/doormand/guestlist
    firewall-add /usr/local/sbin/iptables_add
    hash-archive /var/lib/doorman.hash

    """
  static let guests = """
    # group secret ports addresses
    foo opensesame ssh 80
      10.0.0.0/8 192.0.2.7
    bar SECRET 443 0.0.0.0/0   # anybody

    """

  private func imported(_ settings: String = settings, guests: String = guests, guestList: String? = nil) throws
    -> ImportedConfiguration
  {
    try .doorman(
      Samples.text(settings, file: "doormand.cf"), guestList: guestList,
      Samples.files(["/etc/doormand/guestlist": guests, "other": guests]))
  }

  @Test func groupsAreUsersAndPortsAreOneShotDoors() throws {
    let imported = try imported()
    let text = Samples.written(imported)
    #expect(
      Samples.statements(text) == [
        "[doors.tcp-22]", #"ports = ["tcp/22"]"#, #"lease = "12s""#, #"longest = "12s""#, "once = true", "packet-source = true",
        #"weakest = "keyed""#, #"allow-weak = "an observer can repeat these knocks""#,
        "[doors.tcp-80]", #"ports = ["tcp/80"]"#, #"lease = "12s""#, #"longest = "12s""#, "once = true", "packet-source = true",
        #"weakest = "keyed""#, #"allow-weak = "an observer can repeat these knocks""#,
        "[doors.tcp-443]", #"ports = ["tcp/443"]"#, #"lease = "12s""#, #"longest = "12s""#, "once = true", "packet-source = true",
        #"weakest = "keyed""#, #"allow-weak = "an observer can repeat these knocks""#,
        "[users.foo]", #"doors = ["tcp-22", "tcp-80"]"#, "packet-source = true",
        "[users.foo.keys.doorman]", #"protocol = "doorman""#, "port = 1033", #"group = "foo""#, #"secret = "doorman-foo.secret""#,
        "ports = [22, 80]", #"networks = ["10.0.0.0/8", "192.0.2.7/32"]"#,
        "[users.bar]", #"doors = ["tcp-443"]"#, "packet-source = true",
        "[users.bar.keys.doorman]", #"protocol = "doorman""#, "port = 1033", #"group = "bar""#, #"secret = "doorman-bar.secret""#,
        "ports = [443]",
      ])
    #expect(imported.secrets.map { String(decoding: $0.content, as: UTF8.self) } == ["opensesame\n", "SECRET\n"])
    #expect(!text.contains("opensesame") && !text.contains("SECRET"))
    #expect(!imported.hasGaps, "\(imported.notes)")
    #expect(imported.rules == [#"iifname "eth0" udp dport 1033 log prefix "doorman" group 5 snaplen 512"#])
    _ = try Samples.tables(imported)
    _ = try Samples.tables(imported, acceptsWeak: false)
  }

  @Test func theOperatorsListWins() throws {
    #expect(
      try imported(Self.settings.replacing("/etc/doormand/guestlist", with: "/nowhere"), guestList: "other").users.count == 2)
  }

  @Test func whatIsNamedTwiceCountsOnce() throws {
    let imported = try imported(guests: "foo s 22 ssh 22\n  10.0.0.1 10.0.0.1/32\n")
    let statements = Samples.statements(Samples.written(imported))
    #expect(statements.contains("ports = [22]") && statements.contains(#"networks = ["10.0.0.1/32"]"#))
    _ = try Samples.tables(imported)
  }

  static let gaps: [(name: String, guests: String, note: String, networks: Int?)] = [
    ("bits beyond the mask", "foo s 22 1.2.3.4/16 10.0.0.0/8\n", "guestlist:1: not carried: \"1.2.3.4/16\" never fitted", 1),
    ("a host name", "foo s 22 home.example.org\n", "guestlist:1: not carried: \"home.example.org\" is no address", nil),
    ("a service that nobody knows", "foo s 22 gopher 10.0.0.1\n", "guestlist:1: not carried: \"gopher\" is no address", 1),
  ]

  @Test(arguments: gaps.indices) func gap(_ index: Int) throws {
    let row = Self.gaps[index]
    let imported = try imported(guests: row.guests)
    #expect(imported.notes.map(\.description).contains { $0.contains(row.note) }, "\(imported.notes)")
    // Nobody gets in from anywhere because his own addresses could not be read.
    let statements = Samples.statements(Samples.written(imported))
    #expect(statements.contains { $0.hasPrefix("networks") } == (row.networks != nil))
    #expect(statements.contains("[users.foo.keys.doorman]") == (row.networks != nil))
    _ = try Samples.tables(imported)
  }

  static let refused: [(name: String, settings: String, guests: String, note: String)] = [
    ("no list", "port 1\n", guests, "doormand.cf: names no guestlist"),
    ("list that is not there", "guestlist /x\n", guests, "/x: no such file"),
    ("no port", "port 0\n" + settings, guests, "doormand.cf:1: \"0\" is no port"),
    ("no time", "waitfor x\n" + settings, guests, "doormand.cf:1: \"x\" is no time"),
    ("no value", "port\n" + settings, guests, "doormand.cf:1: \"port\" has no value"),
    ("a record without address", settings, "foo s 22\n", "/etc/doormand/guestlist:1: the group has no address"),
    ("a record without port", settings, "foo s 10.0.0.1\n", "/etc/doormand/guestlist:1: a group has 1 to 64 ports"),
    ("port 65535", settings, "foo s 65535 10.0.0.1\n", "/etc/doormand/guestlist:1: a group has 1 to 64 ports"),
    ("a record without secret", settings, "foo\n", "/etc/doormand/guestlist:1: the group has no secret"),
    ("twice", settings, "foo s 22 10.0.0.1\nfoo t 22 10.0.0.1\n", "/etc/doormand/guestlist:2: group \"foo\" stands there twice"),
    ("a beginning that is missing", settings, "  22\n", "/etc/doormand/guestlist:1: goes on"),
    (
      "a long name", settings, "\(String(repeating: "f", count: 33)) s 22 10.0.0.1\n", "/etc/doormand/guestlist:1: a group's name"
    ),
    ("a name beyond ASCII", settings, "föö s 22 10.0.0.1\n", "/etc/doormand/guestlist:1: a group's name"),
    (
      "a long secret", settings, "foo \(String(repeating: "s", count: 65)) 22 10.0.0.1\n",
      "/etc/doormand/guestlist:1: a secret has"
    ),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let row = Self.refused[index]
    let notes = Samples.notes { try imported(row.settings, guests: row.guests) }
    #expect(
      (try? imported(row.settings, guests: row.guests)) == nil && notes.contains { $0.hasPrefix(row.note) },
      "\(row.name): \(notes)")
  }
}
