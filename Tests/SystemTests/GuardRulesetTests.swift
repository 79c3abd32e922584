// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Rulesets that drop towards services of the host itself, with packets.
extension SystemSuite {
  @Suite struct GuardRulesetTests {
    private func ssh(_ lab: Lab) throws -> GuardedService {
      GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 22, listener: try Listener(in: lab.gateway, 22))
    }

    /// postern.nft alone leaves the neighbours of guarded ports to the host.
    @Test func theGuardAlone() throws {
      let lab = try Lab(.init(lease: "3s"))
      defer { lab.down() }
      try lab.start()
      let service = try ssh(lab)
      for address in service.addresses { #expect(lab.answer(address, 23) == .refused) }
      try service.expectOneLease()
    }

    @Test func ownRuleset() throws {
      let lab = try Lab(.ownRuleset)
      defer { lab.down() }
      try lab.start()
      let service = try ssh(lab)
      let web = try Listener(in: lab.gateway, 80)
      let unnamed = try Listener(in: lab.gateway, 8080)
      defer { withExtendedLifetime((web, unnamed)) {} }
      try service.expectOneLease {
        for address in service.addresses {
          #expect(lab.answer(address, 8080) == .silence, "the door is for one service")
        }
      }
      for address in service.addresses {
        #expect(lab.opens(address, 80), "public")
        #expect(lab.answer(address, 23) == .silence, "nobody listens there, and nothing says so")
        #expect(try Shell.run(lab.at(lab.client, ["ping", "-c1", "-W0.2", address])).status == 1)
      }
      // What the host began is answered.
      let outer = try Listener(in: lab.client, 80)
      defer { withExtendedLifetime(outer) {} }
      for address in [lab.clientV4, lab.clientV6] { #expect(lab.opens(address, 80, from: lab.gateway)) }
    }

    /// The rule names the ports; IPv6 admits the network of the address.
    @Test func ownRulesetWithARange() throws {
      let lab = try Lab(.ownRuleset)
      defer { lab.down() }
      try lab.start()
      let other = try Listener(in: lab.gateway, 9100)
      defer { withExtendedLifetime(other) {} }
      let service = GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 9099, listener: try Listener(in: lab.gateway, 9099),
        door: "admin", sets: ["admin4", "admin6"])
      try service.expectOneLease {
        for address in service.addresses { #expect(lab.answer(address, 9100) == .silence, "beyond the range") }
        let listed = try lab.list("admin6")
        #expect(listed.contains("elements = { fd77:: timeout 3s"), "\(listed)")
      }
    }

    /// `flush ruleset` and the file again: no end for who is in; a lease comes back while posternd runs, and nothing is open otherwise.
    @Test func debianReload() throws {
      let lab = try Lab(.init(rules: ["examples/debian-nftables.conf"]))
      defer { lab.down() }
      try lab.start()
      let service = try ssh(lab)
      for address in service.addresses { #expect(lab.answer(address, 23) == .refused) }
      service.expectSilence("before the knock")
      try service.knock()
      let streams = try service.connect()
      try lab.loadRules()
      #expect(try Shell.wait { try lab.isOpen(lab.clientV4) && lab.isOpen(lab.clientV6) }, "the lease came back")
      for address in service.addresses { #expect(lab.opens(address, 22)) }
      lab.stop()
      // Nobody puts leases back any more.
      try lab.loadRules()
      service.expectSilence("the doors went with their sets")
      for (near, far) in streams { #expect(near.reaches(far) && far.reaches(near)) }
    }

    /// The variant that the file's comment describes: loads on nothing, leaves others alone, keeps doors.
    @Test func debianWithoutFlush() throws {
      let lab = try Lab(.init(rules: []))
      defer { lab.down() }
      let path = lab.directory + "/nftables.conf"
      let lines = try String(contentsOfFile: Lab.root + "/nft/examples/debian-nftables.conf", encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
      let safer = lines.filter { $0 != "flush ruleset" }
        .map { $0.hasPrefix("#table") || $0.hasPrefix("#delete") ? $0.dropFirst() : $0 }
      #expect(safer.filter { $0 == "table inet filter" || $0 == "delete table inet filter" }.count == 2)
      try safer.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      try lab.loadRules(path)
      try Shell.must(lab.nft(["add table ip nat"]))
      try lab.start()
      let service = try ssh(lab)
      try service.knock()
      lab.stop()
      let rules = try Shell.must(lab.nft(["-s", "list", "table", "inet", "filter"]))
      try lab.loadRules(path)
      for address in service.addresses { #expect(lab.opens(address, 22)) }
      #expect(try Shell.must(lab.nft(["list", "tables"])).contains("table ip nat"))
      #expect(try Shell.must(lab.nft(["-s", "list", "table", "inet", "filter"])) == rules, "nothing is there twice")
    }
  }
}
