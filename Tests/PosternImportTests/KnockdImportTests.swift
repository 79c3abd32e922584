// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import Testing

@testable import PosternImport

@Suite struct KnockdImportTests {
  /// As Debian ships it.
  static let stock = """
    [options]
    	UseSyslog

    [openSSH]
    	sequence    = 7000,8000,9000
    	seq_timeout = 5
    	command     = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
    	tcpflags    = syn

    [closeSSH]
    	sequence    = 9000,8000,7000
    	seq_timeout = 5
    	command     = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
    	tcpflags    = syn

    [openHTTPS]
    	sequence    = 12345,54321,24680,13579
    	seq_timeout = 5
    	command     = /usr/local/sbin/knock_add -i -c INPUT -p tcp -d 443 -f %IP%
    	tcpflags    = syn

    """

  private func imported(_ text: String, _ files: [String: String] = [:]) throws -> ImportedConfiguration {
    try .knockd(Samples.text(text, file: "knockd.conf"), Samples.files(files))
  }

  @Test func debiansOwnFile() throws {
    let imported = try imported(Self.stock)
    #expect(
      Samples.statements(Samples.written(imported)) == [
        "[actions.openhttps]",
        #"run = ["/usr/local/sbin/knock_add", "-i", "-c", "INPUT", "-p", "tcp", "-d", "443", "-f", "{source}"]"#,
        #"weakest = "plain""#, #"allow-weak = "an observer can repeat these knocks""#,
        "[doors.tcp-22]", #"set6 = """#, #"ports = ["tcp/22"]"#, #"lease = "1d""#, #"longest = "1d""#, "packet-source = true",
        #"weakest = "plain""#, #"allow-weak = "an observer can repeat these knocks""#,
        "[users.knockd]", #"doors = ["tcp-22"]"#, #"actions = ["openhttps"]"#, "packet-source = true",
        "[users.knockd.keys.openssh]", #"protocol = "knockd""#, #"sequence = ["tcp/7000", "tcp/8000", "tcp/9000"]"#,
        #"timeout = "5s""#,
        #"flags = ["syn"]"#, #"door = "tcp-22""#,
        "[users.knockd.keys.closessh]", #"protocol = "knockd""#, #"sequence = ["tcp/9000", "tcp/8000", "tcp/7000"]"#,
        #"timeout = "5s""#, #"flags = ["syn"]"#, #"door = "tcp-22""#, #"does = "close""#,
        "[users.knockd.keys.openhttps]", #"protocol = "knockd""#,
        #"sequence = ["tcp/12345", "tcp/54321", "tcp/24680", "tcp/13579"]"#, #"timeout = "5s""#, #"flags = ["syn"]"#,
        #"does = "run""#,
        #"action = "openhttps""#,
      ])
    #expect(
      imported.rules == [
        #"tcp dport { 7000, 8000, 9000, 12345, 13579, 24680, 54321 } tcp flags & (syn) == syn log prefix "knockd" group 5 snaplen 512"#
      ])
    // The door that never closed is the one thing that is not as it was.
    #expect(imported.notes.filter { $0.kind == .gap }.map(\.position.line) == [7])
    let keys = try Samples.tables(imported).gate.keys
    #expect(keys.map(\.deed) == [.asAsked, .close, .run(0)])
  }

  @Test func withoutTheWordsTheDoorStaysShut() throws {
    var imported = try imported(Self.stock)
    imported.noteWeakness()
    #expect(imported.notes.contains { $0.kind == .gap && $0.text.contains("--accept-weak") })
    let text = Samples.written(imported, acceptsWeak: false)
    #expect(text.contains("\n#weakest = \"plain\"\n#allow-weak = "))
    let (shut, open) = (try Samples.configuration(text), try Samples.configuration(Samples.written(imported)))
    #expect(shut.doors.map(\.weakest) == [.authenticated] && shut.actions.map(\.weakest) == [.authenticated])
    #expect(shut.users.map(\.keys.count) == [0])
    #expect(open.doors.map(\.weakest) == [.plain] && open.actions.map(\.weakest) == [.plain])
    #expect(open.users.map(\.keys.count) == [3])
  }

  /// Each a section's commands, the statements of its door or action, and its notes.
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let commands: String
    let statements: [String]
    let notes: [String]
  }

  static let iptables = "/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"
  static let undo = "/sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"
  static let rows: [Row] = [
    Row(
      testDescription: "start and stop", commands: "start_command = \(iptables)\ncmd_timeout = 5\nstop_command = \(undo)",
      statements: ["[doors.tcp-22]", #"set6 = """#, #"lease = "5s""#, #"door = "tcp-22""#],
      notes: ["knockd.conf:3: note: the command is for IPv4"]
    ),
    Row(
      testDescription: "both families",
      commands: """
        start_command = \(iptables)
        start_command_6 = \(iptables.replacing("iptables", with: "ip6tables"))
        cmd_timeout = 60
        stop_command = \(undo)
        stop_command_6 = \(undo.replacing("iptables", with: "ip6tables"))
        """, statements: ["[doors.tcp-22]", #"lease = "1m""#], notes: []),
    Row(
      testDescription: "ufw",
      commands:
        "command = ufw allow from %IP% to any port 80,443 proto tcp\nstop_command = ufw delete allow from %IP% to any port 80,443 proto tcp",
      statements: ["[doors.tcp-80-tcp-443]", #"ports = ["tcp/80", "tcp/443"]"#, #"lease = "10s""#], notes: []),
    Row(
      testDescription: "an element with a timeout",
      commands: "command = nft add element inet filter ssh4 '{ %IP% . tcp . 22 timeout 30s }'",
      statements: [
        "[doors.ssh4]", #"table = "inet filter""#, #"set4 = "ssh4""#, #"set6 = """#, #"ports = ["tcp/22"]"#, #"lease = "30s""#,
      ],
      notes: []),
    Row(
      testDescription: "an element without services", commands: "command = nft add element inet filter ssh4 '{ %IP% }'",
      statements: [],
      notes: ["name them in \"ports\" of [doors.ssh4]", "not carried: the door stayed open"]),
    Row(
      testDescription: "every port",
      commands: "command = iptables -A INPUT -s %IP% -j ACCEPT\nstop_command = iptables -D INPUT -s %IP% -j ACCEPT",
      statements: [], notes: ["the command opens every port"]),
    Row(
      testDescription: "one interface",
      commands:
        "command = iptables -A INPUT -i eth0 -s %IP% -p tcp --dport 22 -j ACCEPT\nstop_command = iptables -D INPUT -i eth0 -s %IP% -p tcp --dport 22 -j ACCEPT",
      statements: ["[doors.tcp-22]"], notes: ["knockd.conf:3: not carried: the rule was for packets of interface eth0 alone"]),
    Row(
      testDescription: "another stop", commands: "start_command = \(iptables)\nstop_command = /usr/bin/logger closed",
      statements: ["[doors.tcp-22]", #"lease = "10s""#], notes: ["knockd.conf:4: not carried: the command does more than undo"]),
    Row(
      testDescription: "an action", commands: "command = /usr/bin/wakeonlan 00:11:22:33:44:55",
      statements: [
        "[actions.front]", #"run = ["/usr/bin/wakeonlan", "00:11:22:33:44:55"]"#, #"does = "run""#, #"action = "front""#,
      ], notes: []),
    Row(
      testDescription: "an action with a stop", commands: "command = /usr/bin/a %IP%\nstop_command = /usr/bin/b",
      statements: [#"run = ["/usr/bin/a", "{source}"]"#], notes: ["knockd.conf:4: not carried: an action has no second command"]),
    Row(
      testDescription: "a shell's command", commands: "command = echo %IP% >> /tmp/log", statements: [],
      notes: [
        "knockd.conf:3: not carried: the command needs work before it is an action: this one uses input or output of a file"
      ]),
    Row(
      testDescription: "a program without a path", commands: "command = logger %IP%", statements: [],
      notes: ["\"logger\" needs its whole path"]),
    Row(
      testDescription: "a word that looks like a placeholder", commands: "command = /usr/bin/logger {x} %IP%", statements: [],
      notes: ["hold braces"]),
    Row(
      testDescription: "a long word", commands: "command = /usr/bin/logger \(String(repeating: "x", count: 1025))",
      statements: [],
      notes: ["too long"]),
    Row(
      testDescription: "an address within a word", commands: "command = /usr/bin/logger ip=%IP%", statements: [],
      notes: ["POSTERN_SOURCE"]),
    Row(
      testDescription: "no command", commands: "tcpflags = syn", statements: [], notes: ["nothing says what this knock is for"]),
    Row(
      testDescription: "a closing knock alone", commands: "command = \(undo)",
      statements: ["[doors.tcp-22]", #"does = "close""#],
      notes: ["no knock of this file opens what this one closes"]),
    Row(
      testDescription: "flags and target",
      commands: "tcpflags = syn, !ack\ntarget = 192.0.2.1\ncommand = \(iptables)\nstop_command = \(undo)",
      statements: [#"flags = ["syn", "!ack"]"#, #"target = "192.0.2.1""#], notes: []),
    Row(
      testDescription: "a target that is a name", commands: "target = router\ncommand = \(iptables)\nstop_command = \(undo)",
      statements: [],
      notes: ["knockd.conf:3: not carried: \"router\" is no address"]),
    Row(
      testDescription: "patience", commands: "seq_timeout = 7200\ncommand = \(iptables)\nstop_command = \(undo)",
      statements: [#"timeout = "1h""#],
      notes: ["a sequence ends after at most an hour"]),
  ]

  @Test(arguments: rows) func commands(_ row: Row) throws {
    let imported = try imported("[front]\nsequence = 7000,8000:udp\n\(row.commands)\n")
    let text = Samples.written(imported)
    let statements = Samples.statements(text)
    for statement in row.statements { #expect(statements.contains(statement), "\(text)") }
    let notes = imported.notes.map(\.description)
    for note in row.notes { #expect(notes.contains { $0.contains(note) }, "\(notes)") }
    if row.notes.isEmpty { #expect(!imported.hasGaps, "\(notes)") }
    _ = try Samples.tables(imported)
    _ = try Samples.tables(imported, acceptsWeak: false)
  }

  /// knockd ran both; which of them a key of Postern meant would be chance.
  @Test func theSameKnockTwiceIsOneKey() throws {
    let imported = try imported(
      "[a]\nsequence = 1,2\ntcpflags = syn,!ack\ncommand = /a\n[b]\nsequence = 1,2\ntcpflags = !ack,syn\ncommand = /b\n")
    #expect(
      imported.notes.map(\.description) == [
        "knockd.conf:5: not carried: the same packets are the knock of \"a\": a knock does one thing"
      ])
    #expect(try Samples.tables(imported).gate.keys.count == 1)
  }

  @Test func flagsThatContradictEachOtherAreRefused() {
    let notes = Samples.notes { try imported("[d]\nsequence = 1\ntcpflags = syn\ntcpflags = ack,!syn\n") }
    #expect(notes == ["knockd.conf:4: no packet has syn and has it not"])
  }

  @Test func oneTimeSequencesBecomeAFile() throws {
    let door = "[front]\none_time_sequences = /etc/knockd/seqs\ncommand = \(Self.iptables)\nstop_command = \(Self.undo)\n"
    let list = "# used\n#7000,8000\n 7001,8001:udp\nnonsense\n 7002,8002\n"
    let imported = try imported(door, ["/etc/knockd/seqs": list])
    #expect(imported.secrets.map(\.name) == ["knockd-front.sequences"])
    #expect(imported.secrets.map { String(decoding: $0.content, as: UTF8.self) } == ["tcp/7001,udp/8001\ntcp/7002,tcp/8002\n"])
    #expect(Samples.statements(Samples.written(imported)).contains(#"one-time-file = "knockd-front.sequences""#))
    #expect(imported.notes.map(\.description).contains { $0.hasPrefix("/etc/knockd/seqs:4: not carried: this sequence is none") })
    #expect(!Samples.written(imported, writesSecrets: false).contains("tcp/7001"))
    // Nobody can repeat what counts once.
    #expect(try Samples.configuration(Samples.written(imported)).doors.map(\.weakest) == [.keyed])
    _ = try Samples.tables(imported)
  }

  @Test func anInterfaceStandsInTheRules() throws {
    let imported = try imported(
      "[options]\nInterface = eth1\n[d]\nsequence = 7000:udp,8000:udp\ncommand = \(Self.iptables)\nstop_command = \(Self.undo)\n")
    #expect(imported.rules == [#"iifname "eth1" udp dport { 7000, 8000 } log prefix "knockd" group 5 snaplen 512"#])
  }

  /// A packet that two rules log would count twice.
  @Test func differentFlagsMakeOneRuleWithoutFlags() throws {
    let imported = try imported(
      "[a]\nsequence = 1\ntcpflags = syn\ncommand = /a\n[b]\nsequence = 2\ntcpflags = fin\ncommand = /a\n")
    #expect(imported.rules == [#"tcp dport { 1, 2 } log prefix "knockd" group 5 snaplen 512"#])
  }
}
