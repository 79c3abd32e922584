// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import Testing

/// Set mode: an administrator's own ruleset, whose sets the door names. Each row is checked with packets.
extension SystemSuite {
  @Suite struct SetModeTests {
    /// A door in a ruleset that is not Postern's.
    struct Row: Sendable, CustomTestStringConvertible {
      var testDescription: String
      /// Tables besides the one that hears knocks, which guards nothing.
      var ruleset: String
      /// Lines of `[doors.ssh]`.
      var door: String
      /// What the grant holds.
      var elements: [String]
      /// What the door opens, and what of the gateway stays shut all the same.
      var opens = ["10.77.0.1"]
      var shut = ["fd77::1"]
      /// What `-t` says of it.
      var notice: String?
    }

    /// Hears knocks before anything of the rows can drop them, and lets neighbours find each other.
    static let knocks = """
      table inet hearing {
        chain knock { type filter hook prerouting priority raw; udp dport 62201 udp length 192 log prefix "spa" group 5 snaplen 512; }
      }

      """

    /// A filter as administrators write it: everything is dropped but what a rule with the door's set lets in.
    static func filter(_ table: String, _ set: String, _ rule: String) -> String {
      """
      table \(table) {
        set ssh { \(set); flags timeout; size 1024; }
        chain input {
          type filter hook input priority filter; policy drop;
          iif lo accept
          ct state established accept
          meta l4proto icmpv6 accept
          \(rule) accept
        }
      }

      """
    }

    static let rows: [Row] = [
      Row(
        testDescription: "source address alone, in an inet table",
        ruleset: filter("inet mine", "type ipv4_addr", "ip saddr @ssh tcp dport 22"),
        door: "table = \"inet mine\"\nset4 = \"ssh\"\nset6 = \"\"\nports = [\"tcp/22\"]", elements: ["10.77.0.2"],
        notice:
          "the key of set inet mine ssh has no protocol and no port: an open lease admits all that the rule with @ssh admits, "
          + "so that rule has to say tcp/22"),
      Row(
        testDescription: "address and port, in an ip table",
        ruleset: filter("ip filter", "type ipv4_addr . inet_service", "ip saddr . tcp dport @ssh")
          + filter("ip6 filter", "type ipv6_addr", "ip6 saddr @ssh tcp dport 22"),
        door: "table = \"ip filter\"\nset4 = \"ssh\"\nports = [\"tcp/22\", \"udp/22\", \"tcp/2222\"]",
        elements: ["10.77.0.2 port 22", "10.77.0.2 port 2222"], notice: "so that rule has to say tcp or udp"),
      Row(
        testDescription: "port, address and protocol, in an ip6 table",
        ruleset: filter("ip6 filter", "typeof tcp dport . ip6 saddr . meta l4proto", "tcp dport . ip6 saddr . meta l4proto @ssh")
          + filter("ip filter", "type ipv4_addr", "ip saddr @ssh tcp dport 22"),
        door: "set6 = \"ip6 filter ssh\"\nports = [\"tcp/22\"]", elements: ["fd77::2 tcp/22"], opens: ["fd77::1"],
        shut: ["10.77.0.1"]),
      Row(
        testDescription: "two tables, one lease",
        ruleset: filter("ip filter", "type ipv4_addr . inet_proto . inet_service", "ip saddr . meta l4proto . th dport @ssh")
          + filter("ip6 filter", "type ipv6_addr", "ip6 saddr @ssh tcp dport 22"),
        door: "set4 = \"ip filter ssh\"\nset6 = \"ip6 filter ssh\"\nports = [\"tcp/22\"]",
        elements: ["10.77.0.2 tcp/22", "fd77::2"], opens: ["10.77.0.1", "fd77::1"], shut: []),
      Row(
        testDescription: "destination address",
        ruleset: filter(
          "inet mine", "type ipv4_addr . ipv4_addr . inet_service", "ip saddr . ip daddr . tcp dport @ssh"),
        door:
          "table = \"inet mine\"\nset4 = \"ssh\"\nset6 = \"\"\nports = [\"tcp/22\"]\ndestination = [\"10.77.0.9\", \"fd00::9\"]",
        elements: ["10.77.0.2 to 10.77.0.9 port 22"], opens: ["10.77.0.9"], shut: ["10.77.0.1", "fd77::1"]),
      Row(
        testDescription: "destination address first",
        ruleset: filter("inet mine", "type ipv6_addr . ipv6_addr", "ip6 daddr . ip6 saddr @ssh tcp dport 22"),
        door: "table = \"inet mine\"\nset4 = \"\"\nset6 = \"ssh\"\nports = [\"tcp/22\"]\ndestination = [\"fd77::9\"]\n"
          + "key = [\"destination-address\", \"source-address\"]",
        elements: ["fd77::2 to fd77::9"], opens: ["fd77::9"], shut: ["fd77::1", "10.77.0.1"]),
      Row(
        testDescription: "masked network",
        ruleset: filter("inet mine", "type ipv4_addr . inet_service", "ip saddr & 255.255.255.0 . tcp dport @ssh"),
        door: "table = \"inet mine\"\nset4 = \"ssh\"\nset6 = \"\"\nports = [\"tcp/22\"]\nprefix4 = 24",
        elements: ["10.77.0.0/24 port 22"], notice: "a lease admits everybody in the network of its address, prefix4 = 24"),
      Row(
        testDescription: "masked IPv6 network, address alone",
        ruleset: filter("inet mine", "type ipv6_addr", "ip6 saddr & ffff:ffff:ffff:ffff:: @ssh tcp dport 22"),
        door: "table = \"inet mine\"\nset4 = \"\"\nset6 = \"ssh\"\nports = [\"tcp/22\"]\nprefix6 = 64",
        elements: ["fd77::/64"], opens: ["fd77::1"], shut: ["10.77.0.1"]),
      Row(
        testDescription: "range of ports",
        ruleset: filter("ip filter", "type ipv4_addr . inet_proto", "ip saddr . meta l4proto @ssh tcp dport 20-30")
          + filter("ip6 filter", "type ipv6_addr", "ip6 saddr @ssh tcp dport 22"),
        door: "table = \"ip filter\"\nset4 = \"ssh\"\nports = [\"tcp/20-30\"]", elements: ["10.77.0.2 tcp"],
        notice: "so that rule has to say tcp/20-30"),
    ]

    @Test(arguments: rows) func strangersFailAndAKnockOpens(_ row: Row) throws {
      let lab = try lab(row.ruleset, row.door)
      defer { lab.down() }
      let checked = try check(lab)
      #expect(checked.status == 0, "\(checked)")
      if let notice = row.notice { #expect(checked.errors.contains(notice), "\(checked.errors)") }
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      for address in row.opens + row.shut { #expect(!lab.connects(address, milliseconds: 200), "\(address) is dead") }

      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { lab.auditEvents("grant").count == 1 })
      #expect(lab.auditEvents("grant").first?["elements"] as? [String] == row.elements)
      for address in row.opens { #expect(lab.connects(address), "\(address) is open") }
      for address in row.shut { #expect(!lab.connects(address, milliseconds: 200), "\(address) stays dead") }

      // Another keeper finds the same lease in the sets, and its end closes the door.
      lab.stop()
      try lab.start()
      #expect(lab.auditEvents("adopt").map { ($0["elements"] as? [String])?.sorted() } == [row.elements.sorted()])
      #expect(lab.status()?.leases == 1)
      let lease = try #require(lab.auditEvents("adopt").first?["lease"] as? String)
      _ = lab.ask("close \(lease)")
      #expect(lab.auditEvents("lease-end").count == 1)
      for address in row.opens { #expect(!lab.connects(address, milliseconds: 200), "\(address) is dead again") }
    }

    /// The whole network of the knock's address is let in, and nobody else.
    @Test func aMaskedNetworkAdmitsNeighboursOnly() throws {
      let row = try #require(Self.rows.first { $0.testDescription == "masked network" })
      let lab = try lab(row.ruleset, row.door)
      defer { lab.down() }
      try Shell.must(["ip", "-n", lab.client, "address", "add", "10.77.1.2/16", "dev", "client0"])
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      try lab.sender().send(try lab.knock(lab.clientV4))
      #expect(Shell.wait { lab.connects(milliseconds: 200) })
      for (source, isAdmitted) in [("10.77.0.3", true), ("10.77.1.2", false)] {
        try Shell.must(["ip", "-n", lab.client, "route", "replace", "10.77.0.1/32", "dev", "client0", "src", source])
        #expect(lab.connects(milliseconds: 300) == isAdmitted, "\(source)")
      }
    }

    /// The set is not there at the start; what the administrator then loads has another key than Postern would have assumed.
    @Test func aSetThatComesLaterIsReadThen() throws {
      let row = try #require(Self.rows.first)
      let lab = try lab("", row.door)
      defer { lab.down() }
      #expect(try check(lab).status == 78)
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 }, "the grant waits")
      try load(lab, row.ruleset)
      #expect(Shell.wait { (try? elements(lab)) == ["10.77.0.2"] })
      #expect(lab.status()?.alarms.isEmpty == true)
      #expect(lab.ask("leases")?.first?.contains("\"elements\":[\"10.77.0.2\"]") == true)
    }

    /// Open leases are written in the new keys, and so are new ones: the old bytes would mean something else.
    @Test func aSetThatComesBackWithAnotherKeyHasTheLeasesInIt() throws {
      func rules(_ key: String) -> String { "table inet mine { set ssh { type \(key); flags timeout; }; }" }
      let lab = try lab(
        rules("ipv4_addr"), "table = \"inet mine\"\nset4 = \"ssh\"\nset6 = \"\"\nports = [\"tcp/22\", \"udp/53\"]")
      defer { lab.down() }
      try lab.start()
      let keys: [(key: String, elements: [String])] = [
        ("inet_service . ipv4_addr . inet_proto", ["22 ADDRESS tcp", "53 ADDRESS udp"]),
        ("ipv4_addr . inet_service . inet_proto", ["ADDRESS 22 tcp", "ADDRESS 53 udp"]), ("ipv4_addr", ["ADDRESS"]),
        ("inet_service . ipv4_addr", ["22 ADDRESS", "53 ADDRESS"]),
      ]
      try lab.sender().send(try lab.knock("10.77.0.2", lease: 600))
      #expect(Shell.wait { (try? elements(lab)) == ["10.77.0.2"] })
      for (round, (key, wanted)) in keys.enumerated() {
        try load(lab, "delete table inet mine;" + rules(key))
        try lab.sender().send(try lab.knock("10.77.0.\(3 + round)", lease: 600))
        let expected = (0...round + 1).flatMap { host in wanted.map { $0.replacing("ADDRESS", with: "10.77.0.\(2 + host)") } }
        #expect(Shell.wait { (try? elements(lab)) == expected.sorted() }, "\(key)")
      }
      #expect(lab.status()?.leases == 1 + keys.count)
    }

    /// The elements of the rows' set, sorted, the parts of a key with blanks between them.
    private func elements(_ lab: Lab) throws -> [String] {
      let text = try Shell.must(lab.at(lab.gateway, ["nft", "-j", "list", "set", "inet", "mine", "ssh"]))
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let set = (object?["nftables"] as? [[String: Any]] ?? []).compactMap { $0["set"] as? [String: Any] }.first
      return (set?["elem"] as? [[String: Any]] ?? []).map { item in
        let value = (item["elem"] as? [String: Any])?["val"] ?? ""
        let parts = (value as? [String: Any])?["concat"] as? [Any] ?? [value]
        return parts.map { "\($0)" }.joined(separator: " ")
      }.sorted()
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var set: String
      var door: String
      var complaint: String
    }

    static let wrong: [Wrong] = [
      Wrong(
        testDescription: "a range where the key has a port", set: "type ipv4_addr . inet_service; flags timeout",
        door: "ports = [\"tcp/8000-8010\"]", complaint: "its key has a port, and tcp/8000-8010 is a range"),
      Wrong(
        testDescription: "a protocol without ports where the key has one", set: "type ipv4_addr . inet_service; flags timeout",
        door: "ports = [\"esp\"]", complaint: "its key has a port, and esp has none"),
      Wrong(
        testDescription: "no destination", set: "type ipv4_addr . ipv4_addr; flags timeout",
        door: "ports = [\"tcp/22\"]\ndestination = [\"fd77::9\"]", complaint: "the door names no \"destination\" of its family"),
      Wrong(
        testDescription: "another key than the configured", set: "type ipv4_addr . inet_service; flags timeout",
        door: "ports = [\"tcp/22\"]\nkey = [\"source-address\"]",
        complaint: "its key is ipv4_addr . inet_service, and the configuration says source-address"),
      Wrong(
        testDescription: "a part that no door has", set: "type ipv4_addr . mark; flags timeout", door: "ports = [\"tcp/22\"]",
        complaint: "its key is ipv4_addr . mark"),
      Wrong(
        testDescription: "no timeouts", set: "type ipv4_addr", door: "ports = [\"tcp/22\"]", complaint: "leases could not end"),
      Wrong(
        testDescription: "too small for the elements", set: "type ipv4_addr . inet_service; flags timeout; size 23",
        door: "ports = [\"tcp/22\", \"tcp/23\", \"udp/22\", \"tcp/24\"]",
        complaint: "it holds 23 elements, but the users may have 24 open together"),
    ]

    /// `-t` says it, the running daemon refuses grants and goes on.
    @Test(arguments: wrong) func unsuitedIsSaidAndRefused(_ row: Wrong) throws {
      let lab = try lab(
        "table inet mine { set ssh { \(row.set); }; }", "table = \"inet mine\"\nset4 = \"ssh\"\nset6 = \"\"\n" + row.door)
      defer { lab.down() }
      let checked = try check(lab)
      #expect(checked.status == 78 && checked.errors.contains(row.complaint), "\(checked.errors)")
      guard row.testDescription != "too small for the elements" else { return }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.auditEvents("refusal").first?["reason"] as? String == "set-unsuited" })
      let listed = try Shell.must(lab.at(lab.gateway, ["nft", "list", "set", "inet", "mine", "ssh"]))
      #expect(!listed.contains("elements"), "\(listed)")
    }

    // MARK: Labs

    /// A lab whose gateway has these tables in place of Postern's, and whose one door is described so. Further gateway addresses end in 9.
    private func lab(_ ruleset: String, _ door: String) throws -> Lab {
      let lab = try Lab()
      do {
        try load(lab, "flush ruleset\n" + Self.knocks + ruleset)
        for address in ["10.77.0.9/16", "fd77::9/64"] {
          try Shell.must(["ip", "-n", lab.gateway, "address", "add", address, "dev", "gate0", "nodad"])
        }
        try configure(lab, door)
      } catch {
        lab.down()
        throw error
      }
      return lab
    }

    private func load(_ lab: Lab, _ ruleset: String) throws {
      try Shell.must(lab.at(lab.gateway, ["nft", "-f", "/dev/stdin"]), input: ruleset)
    }

    /// Replaces the lines between the door's title and the next.
    private func configure(_ lab: Lab, _ door: String) throws {
      let path = lab.directory + "/postern.toml"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let title = try #require(text.range(of: "[doors.ssh]\n"))
      let next = try #require(text.range(of: "\n[", range: title.upperBound..<text.endIndex))
      let lines = door + "\nlongest = \"1h\"\nlease = \"60s\""
      try text.replacingCharacters(in: title.upperBound..<next.lowerBound, with: lines)
        .write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func check(_ lab: Lab) throws -> Shell.Result {
      try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
    }
  }
}
