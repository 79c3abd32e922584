// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `examples/beside-firewalld.nft` beside firewalld's table, with packets. firewalld needs a message bus, and installing it would change
/// the firewall of the machine that runs the tests; its table is written here as version 1.3.3 makes it for a zone that lets ssh in and
/// forwards 8443, without the chains that are empty then, and with the owner that later versions set.
extension SystemSuite {
  @Suite struct FirewalldRulesetTests {
    private static let firewalld = """
      table inet firewalld {
      flags owner
      chain nat_PREROUTING {
      type nat hook prerouting priority dstnat + 10; policy accept
      tcp dport 8443 redirect to :443
      }
      chain filter_PREROUTING {
      type filter hook prerouting priority filter + 10; policy accept
      icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
      meta nfproto ipv6 fib saddr . mark . iif oif missing drop
      }
      chain filter_IN_public {
      tcp dport 22 accept
      ip6 daddr fe80::/64 udp dport 546 accept
      meta l4proto { icmp, ipv6-icmp } accept
      reject with icmpx admin-prohibited
      }
      chain filter_INPUT {
      type filter hook input priority filter + 10; policy accept
      ct state { established, related } accept
      ct status dnat accept
      iifname "lo" accept
      ct state invalid drop
      goto filter_IN_public
      }
      chain filter_FORWARD {
      type filter hook forward priority filter + 10; policy accept
      ct state { established, related } accept
      ct status dnat accept
      iifname "lo" accept
      ct state invalid drop
      reject with icmpx admin-prohibited
      }
      }
      """

    /// firewalld's table in the gateway of a lab; it goes with the process that owns it, and that with its input.
    private final class Owner {
      private let process = Process()
      private let input = Pipe()

      init(in lab: Lab) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = lab.nft(["-i"])
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It reads commands, one a line.
        let line = FirewalldRulesetTests.firewalld.split(separator: "\n").map { $0.hasSuffix("{") ? $0 + " " : $0 + "; " }
        try input.fileHandleForWriting.write(contentsOf: Data((line.joined() + "\n").utf8))
        let last = lab.nft(["list", "chain", "inet", "firewalld", "filter_FORWARD"])
        guard Shell.wait({ (try? Shell.run(last).status) == 0 }) else {
          end()
          throw Shell.Failure(description: "no table of firewalld")
        }
      }

      deinit { end() }

      func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
      }
    }

    @Test func aPortThatFirewalldOpensHasADoor() throws {
      let lab = try Lab(.init(lease: "3s"))
      defer { lab.down() }
      let owner = try Owner(in: lab)
      defer { owner.end() }
      try lab.start()
      let unnamed = try Listener(in: lab.gateway, 8080)
      defer { withExtendedLifetime(unnamed) {} }
      let service = GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 22, listener: try Listener(in: lab.gateway, 22))
      // IPv6 hears the error of the first packet and gives up at the second, a second later.
      func answers() -> [Answer] { service.addresses.map { lab.answer($0, 8080, milliseconds: 2500) } }
      #expect(answers() == [.prohibited, .prohibited], "beside these the guard alone stands out")
      try lab.loadRules(Lab.root + "/nft/examples/beside-firewalld.nft")
      #expect(answers() == [.silence, .silence], "all look alike")
      try service.expectOneLease()
    }

    @Test func aForwardedPortHasADoor() throws {
      let lab = try Lab(.init(lease: "3s", rules: ["postern.nft", "examples/beside-firewalld.nft"], ports: ["tcp/8443"]))
      defer { lab.down() }
      let owner = try Owner(in: lab)
      defer { owner.end() }
      try lab.start()
      let service = GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 8443, listener: try Listener(in: lab.gateway, 443))
      try service.expectOneLease()
      try Shell.must(lab.nft(["flush", "chain", "inet", "postern", "forwarded"]))
      #expect(lab.opens(lab.gatewayV4, 8443), "the guard of postern.nft does not see it")
    }

    /// Neither needs the other's table: firewalld's owner keeps us out, and its reload leaves ours alone.
    @Test func theTablesAreApart() throws {
      let lab = try Lab(.init(rules: []))
      defer { lab.down() }
      let owner = try Owner(in: lab)
      defer { owner.end() }
      func table() throws -> String { try Shell.must(lab.nft(["-s", "list", "table", "inet", "firewalld"])) }
      let before = try table()
      #expect(try Shell.run(lab.nft(["add", "rule", "inet", "firewalld", "filter_INPUT", "accept"])).status != 0)
      for file in ["postern.nft", "examples/beside-firewalld.nft"] { try lab.loadRules(Lab.root + "/nft/" + file) }
      #expect(try table() == before)
      owner.end()
      #expect(try Shell.must(lab.nft(["list", "tables"])) == "table inet postern\n")
    }
  }
}
