// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@testable import PosternImport

@Suite struct FwknopImportTests {
  static let access = """
    #### stanzas ###
    ; another comment
    SOURCE              ANY
    REQUIRE_USERNAME    alice
    KEY_BASE64          QUJDREVGR0g=
    HMAC_KEY_BASE64     enp6enp6enp6eno=
    OPEN_PORTS          tcp/22, udp/1194
    FW_ACCESS_TIMEOUT   60
    REQUIRE_SOURCE_ADDRESS  Y

    SOURCE:             10.0.0.0/8, 192.0.2.7;
    KEY                 my pass
    HMAC_KEY            another word
    HMAC_DIGEST_TYPE    SHA512
    OPEN_PORTS          tcp/22
    RESTRICT_PORTS      tcp/80

    """

  private func imported(
    _ access: String, server: String? = nil, _ files: [String: String] = [:]
  ) throws -> ImportedConfiguration {
    try .fwknop(
      access: Samples.text(access, file: "access.conf"), server: server.map { try Samples.text($0, file: "fwknopd.conf") },
      Samples.files(files))
  }

  @Test func stanzasAreUsersAndServicesAreDoors() throws {
    let imported = try imported(Self.access)
    let text = Samples.written(imported, acceptsWeak: false)
    #expect(
      Samples.statements(text) == [
        "[doors.tcp-22]", #"ports = ["tcp/22"]"#, #"lease = "1m""#, #"longest = "5m""#,
        "[doors.udp-1194]", #"ports = ["udp/1194"]"#, #"lease = "1m""#, #"longest = "5m""#,
        "[doors.tcp-22-2]", #"ports = ["tcp/22"]"#, #"lease = "30s""#, #"longest = "5m""#, "packet-source = true",
        "[users.alice]", #"doors = ["tcp-22", "udp-1194"]"#,
        "[users.alice.keys.fwknop]", #"protocol = "fwknop""#, #"key-base64 = "fwknop-alice.key""#,
        #"hmac-base64 = "fwknop-alice.hmac""#, #"require-user = "alice""#, "require-address = true",
        "[users.fwknop]", #"doors = ["tcp-22-2"]"#, "packet-source = true",
        "[users.fwknop.keys.fwknop]", #"protocol = "fwknop""#, #"key-base64 = "fwknop-fwknop.key""#,
        #"hmac-base64 = "fwknop-fwknop.hmac""#, #"hmac-type = "sha512""#, #"from = ["10.0.0.0/8", "192.0.2.7/32"]"#,
      ])
    #expect(!imported.hasGaps && imported.notes.isEmpty, "\(imported.notes)")
    #expect(
      imported.secrets.map { String(decoding: $0.content, as: UTF8.self) } == [
        "QUJDREVGR0g=\n", "enp6enp6enp6eno=\n", "\(Base64.encode(Array("my pass".utf8)))\n",
        "\(Base64.encode(Array("another word".utf8)))\n",
      ])
    let tables = try Samples.tables(imported, acceptsWeak: false)
    let keys = tables.gate.keys.map(\.credential.fwknop)
    #expect(keys.map(\.?.passphrase) == [Array("ABCDEFGH".utf8), Array("my pass".utf8)])
    #expect(keys.map(\.?.codeKey) == [Array("zzzzzzzzzzz".utf8), Array("another word".utf8)])
    for word in ["my pass", "another word", "QUJDREVGR0g"] { #expect(!text.contains(word)) }
  }

  /// The doors that a stanza with these further lines comes to, and what is said about it.
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let lines: String
    var statements: [String] = []
    var absent: [String] = []
    var notes: [String] = []
  }

  static let head = "SOURCE ANY\nKEY abcd\nHMAC_KEY efgh\n"
  static let rows: [Row] = [
    Row(
      testDescription: "no OPEN_PORTS", lines: "", absent: ["[users.fwknop]"],
      notes: ["access.conf:1: not carried: there is no OPEN_PORTS"]),
    Row(
      testDescription: "restricted", lines: "OPEN_PORTS tcp/22,tcp/80\nRESTRICT_PORTS tcp/80\n", statements: ["[doors.tcp-22]"],
      absent: ["[doors.tcp-80]"]),
    Row(testDescription: "capital letters", lines: "OPEN_PORTS TCP/22\n", statements: ["[doors.tcp-22]"]),
    Row(
      testDescription: "port 0", lines: "OPEN_PORTS tcp/22,tcp/0\n", statements: ["[doors.tcp-22]"],
      notes: ["access.conf:4: not carried: \"tcp/0\""]),
    Row(
      testDescription: "timeouts", lines: "OPEN_PORTS tcp/22\nFW_ACCESS_TIMEOUT 0\nMAX_FW_TIMEOUT 20x\n",
      statements: [#"lease = "30s""#, #"longest = "30s""#], notes: ["access.conf:6: note: \"20x\" counts as 20"]),
    Row(
      testDescription: "a week", lines: "OPEN_PORTS tcp/22\nFW_ACCESS_TIMEOUT 604800\n",
      statements: [#"lease = "1d""#, #"longest = "1d""#],
      notes: ["access.conf:5: not carried: a lease ends after at most a day"]),
    Row(
      testDescription: "an end", lines: "OPEN_PORTS tcp/22\nACCESS_EXPIRE 1/02/2030\n",
      statements: ["not-after = 2030-01-02T00:00:00.000Z"],
      notes: ["access.conf:5: note: the day begins at midnight UTC"]),
    Row(
      testDescription: "an end in seconds", lines: "OPEN_PORTS tcp/22\nACCESS_EXPIRE_EPOCH 1893456000\n",
      statements: ["not-after = 2030-01-01T00:00:00.000Z"]),
    Row(
      testDescription: "forced NAT", lines: "OPEN_PORTS tcp/2222\nFORCE_NAT 10.0.0.5 22\nFORCE_MASQUERADE Y\n",
      statements: [
        "[doors.tcp-2222-to-10.0.0.5]".replacing("tcp-2222-to-10.0.0.5", with: "\"tcp-2222-to-10.0.0.5\""), #"set6 = """#,
        #"forward4 = { map = "inet filter hosts4", to = "10.0.0.5:22" }"#,
      ],
      notes: ["access.conf:5: note: the doors lead to 10.0.0.5:22", "access.conf:6: not carried: source addresses"]),
    Row(
      testDescription: "NAT to a name", lines: "OPEN_PORTS tcp/22\nFORCE_NAT inside 22\n", absent: ["forward4"],
      notes: ["access.conf:5: not carried: \"inside 22\" is no address"]),
    Row(testDescription: "SNAT", lines: "OPEN_PORTS tcp/22\nFORCE_SNAT 10.0.0.1\n", notes: ["\"snat to 10.0.0.1\""]),
    Row(
      testDescription: "a destination", lines: "OPEN_PORTS tcp/22\nDESTINATION 192.0.2.1\n",
      notes: ["access.conf:5: not carried: packets to every address"]),
    Row(testDescription: "any destination", lines: "OPEN_PORTS tcp/22\nDESTINATION ANY\n"),
    Row(
      testDescription: "commands", lines: "OPEN_PORTS tcp/22\nENABLE_CMD_EXEC Y\nCMD_EXEC_USER root\n",
      notes: ["access.conf:5: not carried: commands of clients"]),
    Row(
      testDescription: "GPG beside a key", lines: "OPEN_PORTS tcp/22\nGPG_DECRYPT_ID ABCD\n",
      statements: ["[users.fwknop.keys.fwknop]"],
      notes: ["access.conf:1: not carried: GPG is not read"]),
    Row(
      testDescription: "another mode", lines: "OPEN_PORTS tcp/22\nENCRYPTION_MODE ofb\n", absent: ["[users.fwknop.keys.fwknop]"],
      notes: ["not \"ofb\""]),
    Row(
      testDescription: "legacy with HMAC", lines: "OPEN_PORTS tcp/22\nENCRYPTION_MODE legacy\n",
      absent: ["[users.fwknop.keys.fwknop]"],
      notes: ["no client makes an HMAC in legacy mode"]),
    Row(testDescription: "the usual mode", lines: "OPEN_PORTS tcp/22\nENCRYPTION_MODE CBC\n"),
    Row(
      testDescription: "unknown", lines: "OPEN_PORTS tcp/22\nFOO bar\n",
      notes: ["access.conf:5: note: fwknopd passes over the unknown variable \"FOO\""]),
    Row(
      testDescription: "blanks behind a key", lines: "OPEN_PORTS tcp/22\nKEY abc  \n",
      notes: ["access.conf:5: note: a second key", "access.conf:5: note: the blanks at the end"]),
    Row(
      testDescription: "a name that no client can send", lines: "OPEN_PORTS tcp/22\nREQUIRE_USERNAME a/b\n",
      absent: ["[users.a-b.keys.fwknop]"],
      notes: ["access.conf:5: not carried: no client can send"]),
    Row(
      testDescription: "a cycle that is a door",
      lines:
        "OPEN_PORTS tcp/22\nCMD_CYCLE_OPEN /sbin/iptables -A INPUT -s $SRC -p tcp --dport $PORT -j ACCEPT\nCMD_CYCLE_CLOSE /sbin/iptables -D INPUT -s $SRC -p tcp --dport $PORT -j ACCEPT\nCMD_CYCLE_TIMER 45\n",
      statements: [#"lease = "45s""#], absent: ["on-open"], notes: ["access.conf:5: note: the door itself does"]),
    Row(
      testDescription: "a cycle of actions",
      lines:
        "OPEN_PORTS tcp/22\nCMD_CYCLE_OPEN /usr/local/bin/open $IP $PORT $TIMEOUT\nCMD_CYCLE_CLOSE /usr/local/bin/close $IP\nCMD_CYCLE_TIMER 45\n",
      statements: [
        "[actions.fwknop-open]", #"run = ["/usr/local/bin/open", "{source}", "{port}", "{seconds}"]"#, "[actions.fwknop-close]",
        #"run = ["/usr/local/bin/close", "{source}"]"#, #"on-open = ["fwknop-open"]"#, #"on-close = ["fwknop-close"]"#,
        #"lease = "45s""#,
      ]),
    Row(
      testDescription: "a cycle without an end",
      lines: "OPEN_PORTS tcp/22\nCMD_CYCLE_OPEN /usr/local/bin/open $IP\nCMD_CYCLE_CLOSE NONE\nCMD_CYCLE_TIMER 45\n",
      statements: [#"on-open = ["fwknop-open"]"#], absent: ["on-close"]),
    Row(
      testDescription: "a cycle that needs a shell",
      lines: "OPEN_PORTS tcp/22\nCMD_CYCLE_OPEN /bin/echo $IP >> /tmp/x\nCMD_CYCLE_TIMER 45\n",
      absent: ["on-open", "[actions.fwknop-open]"], notes: ["access.conf:5: not carried: the command needs work"]),
  ]

  @Test(arguments: rows) func stanza(_ row: Row) throws {
    let imported = try imported(Self.head + row.lines)
    let text = Samples.written(imported)
    let statements = Samples.statements(text)
    for statement in row.statements { #expect(statements.contains(statement), "\(text)") }
    for start in row.absent { #expect(!statements.contains { $0.hasPrefix(start) }, "\(text)") }
    let notes = imported.notes.map(\.description)
    for note in row.notes { #expect(notes.contains { $0.contains(note) }, "\(notes)") }
    #expect(
      imported.hasGaps == row.notes.contains { note in notes.contains { $0.contains(note) && $0.contains(": not carried: ") } },
      "\(notes)")
    for note in notes { #expect(!note.contains("abcd") && !note.contains("efgh")) }
    _ = try Samples.tables(imported)
    _ = try Samples.tables(imported, acceptsWeak: false)
  }

  @Test func withoutAnHMACTheAdministratorHasToAccept() throws {
    var imported = try imported("SOURCE ANY\nKEY abcd\nENCRYPTION_MODE legacy\nOPEN_PORTS tcp/22\n")
    #expect(!imported.hasGaps)
    imported.noteWeakness()
    #expect(imported.notes.filter { $0.kind == .gap }.count == 1)
    #expect(try Samples.tables(imported, acceptsWeak: false).gate.keys.isEmpty)
    let accepted = try Samples.tables(imported).gate.keys
    #expect(
      accepted.compactMap { $0.credential.fwknop?.mode } == [.legacy]
        && accepted.compactMap { $0.credential.fwknop?.codeKey } == [[]])
  }

  @Test func twoStanzasOfOneKeyCannotBeToldApart() throws {
    let stanza = Self.head + "OPEN_PORTS tcp/22\n"
    let imported = try imported(stanza + stanza)
    #expect(
      imported.notes.map(\.description) == [
        "access.conf:7: not carried: the same key as at access.conf:3, by which packets are told apart: make one stanza of both"
      ])
    #expect(try Samples.tables(imported).gate.keys.count == 1)
  }

  @Test func aStanzaOfGPGAloneIsNoUser() throws {
    let imported = try imported("SOURCE ANY\nGPG_DECRYPT_ID ABCD\nGPG_DECRYPT_PW secretword\nOPEN_PORTS tcp/22\n")
    #expect(imported.users.isEmpty && imported.hasGaps)
    #expect(!imported.notes.map(\.description).joined().contains("secretword"))
  }

  @Test func networksByMaskAndTwice() throws {
    let imported = try imported(
      "SOURCE 10.1.0.0/255.255.0.0,10.1.2.3/16, 192.0.2.1\nKEY abcd\nHMAC_KEY efgh\nOPEN_PORTS tcp/22\n")
    #expect(Samples.statements(Samples.written(imported)).contains(#"from = ["10.1.0.0/16", "192.0.2.1/32"]"#))
    _ = try Samples.tables(imported)
  }

  @Test(arguments: ["fe80::1", "10.0.0.0/255.0.255.0", "10.0.0.0/33", "home"])
  func aSourceThatIsNoNetworkAdmitsNobody(_ source: String) throws {
    let imported = try imported("SOURCE \(source)\nKEY abcd\nHMAC_KEY efgh\nOPEN_PORTS tcp/22\n")
    #expect(imported.hasGaps)
    #expect(try Samples.tables(imported).gate.keys.isEmpty)
  }

  // MARK: Files

  @Test func includedFilesFoldersAndKeys() throws {
    let imported = try imported(
      """
      %include /etc/fwknop/more.conf
      %include_folder /etc/fwknop/d
      SOURCE ANY
      OPEN_PORTS tcp/80
      %include_keys /home/bob/keys.conf
      REQUIRE_USERNAME bob
      """,
      [
        "/etc/fwknop/more.conf": "SOURCE ANY\nREQUIRE_USERNAME carol\nKEY a1\nHMAC_KEY a2\nOPEN_PORTS tcp/22\n",
        "/etc/fwknop/d/1.conf": "SOURCE ANY\nREQUIRE_USERNAME dave\nKEY b1\nHMAC_KEY b2\nOPEN_PORTS tcp/22\n",
        "/etc/fwknop/d/2.txt": "SOURCE ANY\n", "/home/bob/keys.conf": "# keys\nKEY c1\nHMAC_KEY c2\nOPEN_PORTS tcp/1\n",
      ])
    #expect(imported.users.map(\.name) == ["carol", "dave", "bob"])
    #expect(
      imported.secrets.map { "\($0.origin)" } == [
        "/etc/fwknop/more.conf:3", "/etc/fwknop/more.conf:4", "/etc/fwknop/d/1.conf:3", "/etc/fwknop/d/1.conf:4",
        "/home/bob/keys.conf:2",
        "/home/bob/keys.conf:3",
      ])
    #expect(
      imported.notes.map(\.description) == [
        "/home/bob/keys.conf:4: note: a file of keys holds nothing else; fwknopd passes over it"
      ])
    _ = try Samples.tables(imported)
  }

  static let refused: [(name: String, access: String, note: String)] = [
    ("empty", "", "access.conf: there is no stanza"), ("before SOURCE alone", "KEY abcd\n", "access.conf: there is no stanza"),
    (
      "the example", "SOURCE ANY\nKEY_BASE64 __CHANGEME__\nHMAC_KEY_BASE64 __CHANGEME__\n",
      "access.conf:2: still the example's text"
    ),
    ("no key", "SOURCE ANY\nOPEN_PORTS tcp/22\n", "access.conf:1: the stanza has no key"),
    ("one key twice", "SOURCE ANY\nKEY abcd\nHMAC_KEY abcd\n", "access.conf:3: the two keys of the stanza are the same"),
    ("no base64", "SOURCE ANY\nKEY_BASE64 abc\n", "access.conf:2: the key is not in base64"),
    ("a long key", "SOURCE ANY\nKEY \(String(repeating: "k", count: 33))\n", "access.conf:2: the key has to have 1 to 32 bytes"),
    ("no value", head + "OPEN_PORTS\n", "access.conf:4: \"OPEN_PORTS\" has no value"),
    ("another protocol", head + "OPEN_PORTS icmp/8\n", "access.conf:4: \"icmp/8\" is no service"),
    ("no protocol", head + "OPEN_PORTS 22\n", "access.conf:4: \"22\" is no service"),
    ("no digest", head + "OPEN_PORTS tcp/22\nHMAC_DIGEST_TYPE crc\n", "access.conf:5: \"crc\" is no digest"),
    ("no number", head + "OPEN_PORTS tcp/22\nFW_ACCESS_TIMEOUT -1\n", "access.conf:5: \"-1\" is no number"),
    ("no day", head + "OPEN_PORTS tcp/22\nACCESS_EXPIRE 13/02/2030\n", "access.conf:5: \"13/02/2030\" is no day"),
    ("no such file", "%include /nowhere\n", "access.conf:1: \"/nowhere\" cannot be read"),
    ("no such folder", "%include_folder /nowhere\n", "access.conf:1: \"/nowhere\" cannot be listed"),
    ("a circle", "%include loop\n", "loop:1: files include each other"),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let row = Self.refused[index]
    let files = ["loop": "%include loop\n"]
    let notes = Samples.notes { try imported(row.access, files) }
    #expect((try? imported(row.access, files)) == nil && notes.contains { $0.hasPrefix(row.note) }, "\(row.name): \(notes)")
  }

  // MARK: fwknopd.conf

  static let settings: [(line: String, note: String)] = [
    ("PCAP_INTF eth0;", "fwknopd.conf:1: note: packets of interface \"eth0\" alone"),
    ("MAX_SPA_PACKET_AGE 60;", "fwknopd.conf:1: not carried: the window is 120 s"),
    ("ENABLE_SPA_PACKET_AGING N;", "fwknopd.conf:1: not carried: old packets"),
    ("ENABLE_DIGEST_PERSISTENCE N;", "fwknopd.conf:1: note: a repeated packet"),
    ("ENABLE_IPT_FORWARDING Y;", "fwknopd.conf:1: not carried: clients are led only to hosts"),
    ("ENABLE_IPT_LOCAL_NAT Y;", "fwknopd.conf:1: not carried: clients are led only to ports"),
    ("ENABLE_X_FORWARDED_FOR Y;", "fwknopd.conf:1: not carried: what a proxy says"),
    ("ENABLE_DESTINATION_RULE Y;", "fwknopd.conf:1: not carried: for one address of several"),
    ("PCAP_FILTER icmp;", "fwknopd.conf:1: not carried: no rule comes of this filter"),
    ("FOO bar", "fwknopd.conf:1: note: fwknopd passes over the unknown variable"),
    ("MAX_SPA_PACKET_AGE 120;", ""), ("ENABLE_IPT_FORWARDING N;", ""), ("SYSLOG_IDENTITY fwknopd;", ""),
    ("# ENABLE_IPT_SNAT Y", ""),
  ]

  @Test(arguments: settings.indices) func setting(_ index: Int) throws {
    let row = Self.settings[index]
    let notes = try imported(Self.access, server: row.line + "\n").notes.map(\.description)
    #expect(row.note.isEmpty ? notes.isEmpty : notes.count == 1 && notes[0].hasPrefix(row.note), "\(row.line): \(notes)")
  }

  static let rules: [(server: String, rules: [String])] = [
    ("", [#"udp dport 62201 udp length 148-1507 udp length != 192 log prefix "fwknop" group 5 snaplen 2048"#]),
    (
      "PCAP_FILTER udp port 4000;\n",
      [#"udp dport 4000 udp length 148-1507 udp length != 192 log prefix "fwknop" group 5 snaplen 2048"#]
    ),
    (
      "PCAP_INTF eth0;\nENABLE_UDP_SERVER Y\nUDPSERV_PORT 5000\n",
      [#"iifname "eth0" udp dport 5000 udp length 148-1507 udp length != 192 log prefix "fwknop" group 5 snaplen 2048"#]
    ),
    (
      "PCAP_FILTER tcp port 80;\nENABLE_SPA_OVER_HTTP Y;\n",
      [
        #"tcp dport 80 tcp flags & (syn | rst | psh | ack) == psh | ack meta length 180-2048 log prefix "fwknop" group 5 snaplen 2048"#
      ]
    ),
  ]

  @Test(arguments: rules.indices) func rule(_ index: Int) throws {
    #expect(try imported(Self.access, server: Self.rules[index].server).rules == Self.rules[index].rules)
  }
}
