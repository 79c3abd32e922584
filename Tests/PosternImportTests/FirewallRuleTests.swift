// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@testable import PosternImport

@Suite struct FirewallRuleTests {
  /// What a rule comes to, in one line: `+tcp/22 4`.
  private func summary(_ line: String) -> String? {
    guard let words = CommandLine(line).single, let rule = FirewallRule(words, address: "%IP%") else { return nil }
    let services = rule.services.map(\.description).joined(separator: ",")
    let families = AddressFamily.allCases.filter { rule.families.contains($0) }.map { "\($0.rawValue)" }.joined()
    let set = rule.ownSet.map { " \($0.table)/\($0.name)" } ?? ""
    let time = rule.timeout.map { " \($0)s" } ?? ""
    let more = rule.conditions.isEmpty ? "" : " if \(rule.conditions.count)"
    return "\(rule.deed == .admit ? "+" : "-")\(services.isEmpty ? "all" : services) \(families)\(set)\(time)\(more)"
  }

  static let recognised: [(line: String, rule: String)] = [
    ("/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "+tcp/22 4"),
    ("/sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "-tcp/22 4"),
    ("iptables -I INPUT 1 -s %IP% -p tcp --dport ssh -j ACCEPT", "none"),
    ("iptables -I INPUT 3 -s %IP%/32 -p udp --dport 1194 -j ACCEPT", "+udp/1194 4"),
    ("sudo /usr/sbin/ip6tables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "+tcp/22 6"),
    ("ip6tables -A INPUT -s %IP%/128 -p tcp --dport 22 -j ACCEPT", "+tcp/22 6"),
    ("ip6tables -A INPUT -s %IP%/32 -p tcp --dport 22 -j ACCEPT", "none"),
    (
      "iptables -w -I KNOCK -s %IP% -p tcp -m tcp --dport 8000:8010 -m state --state NEW,ESTABLISHED -j ACCEPT",
      "+tcp/8000-8010 4"
    ),
    (
      "iptables -A INPUT -p tcp -m multiport --dports 22,80,443 -s %IP% -m comment --comment 'a b' -j ACCEPT",
      "+tcp/22,tcp/80,tcp/443 4"
    ),
    ("iptables -A INPUT -s %IP% -p tcp --syn -j ACCEPT", "+all 4"),
    ("iptables -A INPUT -s %IP% -j ACCEPT", "+all 4"),
    ("iptables -A INPUT -s %IP% -p esp -j ACCEPT", "+esp 4"),
    ("iptables -A INPUT -i eth0 -s %IP% -d 192.0.2.1 -p tcp --dport 22 -j ACCEPT", "+tcp/22 4 if 2"),
    ("iptables -A FORWARD -s %IP% -p tcp --dport 22 -j ACCEPT", "+tcp/22 4 if 1"),
    ("nft add rule inet filter input ip saddr %IP% tcp dport 22 accept", "+tcp/22 4"),
    ("/usr/sbin/nft insert rule inet filter input ip6 saddr %IP% tcp dport 22 counter accept", "+tcp/22 6"),
    ("nft 'add rule inet filter input ip saddr %IP% tcp dport {22,80} ct state new accept comment \"x\"'", "+tcp/22,tcp/80 4"),
    ("nft add element inet filter ssh4 { %IP% timeout 30s }", "+all 4 inet filter/ssh4 30s"),
    ("nft add element ip filter open '{%IP% . tcp . 22 timeout 1h30m}'", "+tcp/22 4 ip filter/open 5400s"),
    ("nft delete element ip6 filter ssh { %IP% }", "-all 6 ip6 filter/ssh"),
    ("nft add element filter ssh { %IP% . 22 }", "+tcp/22 4 ip filter/ssh"),
    ("ufw allow from %IP% to any port 22", "+tcp/22,udp/22 46"),
    ("ufw allow proto tcp from %IP% to any port 22", "+tcp/22 46"),
    ("ufw insert 1 allow from %IP% to any port 80,443 proto tcp comment 'x'", "+tcp/80,tcp/443 46"),
    ("ufw --force delete allow from %IP% to any port 22 proto tcp", "-tcp/22 46"),
    ("ufw allow from %IP%", "+all 46"),
    ("ufw allow in on eth0 from %IP% to any port 22 proto tcp", "+tcp/22 46 if 1"),
    // Other programs, other deeds, other addresses: never a door.
    ("/usr/local/sbin/knock_add -i -c INPUT -p tcp -d 443 -f %IP%", "none"),
    ("iptables -A INPUT -s %IP% -p tcp --dport 22 -j DROP", "none"),
    ("iptables -A INPUT ! -s %IP% -p tcp --dport 22 -j ACCEPT", "none"),
    ("iptables -A INPUT -p tcp --dport 22 -j ACCEPT", "none"),
    ("iptables -A INPUT -s 192.0.2.1 -p tcp --dport 22 -j ACCEPT", "none"),
    ("iptables -A INPUT -s %IP% --dport 22 -j ACCEPT", "none"),
    ("iptables -A INPUT -s %IP% -p tcp --sport 22 -j ACCEPT", "none"),
    ("iptables -A OUTPUT -s %IP% -p tcp --dport 22 -j ACCEPT", "none"),
    ("iptables -t nat -A PREROUTING -s %IP% -p tcp --dport 22 -j ACCEPT", "none"),
    ("iptables -D INPUT 3", "none"),
    ("iptables -A INPUT -s %IP% -p tcp --dport 0 -j ACCEPT", "none"),
    ("iptables -A INPUT -s %IP% -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT", "none"),
    ("iptables", "none"),
    ("nft add rule inet filter input ip saddr != %IP% tcp dport 22 accept", "none"),
    ("nft add rule inet filter input tcp dport 22 accept", "none"),
    ("nft add rule inet filter input ip saddr %IP% tcp dport 22 drop", "none"),
    ("nft add rule inet filter input ip saddr %IP% tcp dport 22 accept; drop", "none"),
    ("nft flush ruleset", "none"),
    ("nft add element inet filter ssh4 { %IP%, 192.0.2.1 }", "none"),
    ("nft add element inet filter ssh4 { 192.0.2.1 }", "none"),
    ("nft add element inet f@ ssh4 { %IP% }", "none"),
    ("nft add element inet filter 4ssh { %IP% }", "none"),
    ("ufw deny from %IP%", "none"),
    ("ufw allow 22", "none"),
    ("ufw allow from any to any port 22", "none"),
    ("ufw", "none"),
  ]

  @Test(arguments: recognised.indices) func recognises(_ index: Int) {
    let row = Self.recognised[index]
    #expect(summary(row.line) ?? "none" == row.rule, "\(row.line)")
  }

  @Test func aRuleIsUndoneByItsOwnOppositeAlone() throws {
    func rule(_ line: String) throws -> FirewallRule {
      let words = try #require(CommandLine(line).single)
      return try #require(FirewallRule(words, address: "%IP%"))
    }
    let open = try rule("iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT")
    #expect(open.isUndone(by: try rule("iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT")))
    #expect(!open.isUndone(by: open))
    #expect(!open.isUndone(by: try rule("iptables -D INPUT -s %IP% -p tcp --dport 23 -j ACCEPT")))
    #expect(!open.isUndone(by: try rule("ip6tables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT")))
  }

  @Test func commandsOfBothFamiliesAreOneRule() throws {
    let lines = ["iptables", "ip6tables"].map { "\($0) -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT" }
    let rules = lines.compactMap { CommandLine($0).single.flatMap { FirewallRule($0, address: "%IP%") } }
    #expect(FirewallRule.merged(rules)?.families == [.ipv4, .ipv6])
    #expect(FirewallRule.merged([]) == nil)
  }
}
