// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Intrusion defence on real packets: who scans is banned and freed, and nobody else.
extension SystemSuite {
  @Suite struct DefenceTests {
    private static let nmap = FileManager.default.isExecutableFile(atPath: "/usr/bin/nmap")
    private static let hping3 = FileManager.default.isExecutableFile(atPath: "/usr/sbin/hping3")

    /// A gateway that guards forty ports beside ssh.
    private func lab(
      _ defence: String = "", actions: String = "", lease: String = "30s", rules: [String] = [], further: String = ""
    ) throws -> Lab {
      var options = Lab.Options()
      options.rules = ["postern.nft", "defence.nft"] + rules
      options.lease = lease
      if !further.isEmpty { options.doors = ["ssh", "side"] }
      options.extra = "\(further)\n[defence]\n\(defence)\n"
      let lab = try Lab(door: "", actions: actions, options)
      do { try guardMore(lab) } catch {
        lab.down()
        throw error
      }
      return lab
    }

    private func guardMore(_ lab: Lab) throws {
      try Shell.must(
        lab.nft([
          "add", "element", "inet", "postern", "guarded",
          "{ " + (1000..<1040).map { "tcp . \($0)" }.joined(separator: ", ") + " }",
        ]))
    }

    private func scan(_ lab: Lab, ports: String = "1000-1039", _ words: [String] = []) -> [String] {
      lab.at(lab.client, Self.nmapWords + ["-p", ports] + words + [lab.gatewayV4])
    }

    /// Ends with the test, whatever becomes of that.
    private static let nmapWords = ["setpriv", "--pdeathsig", "KILL", "/usr/bin/nmap", "-n", "-Pn", "--max-retries", "0"]

    private func isBanned(_ lab: Lab, _ address: String? = nil, set: String = "banned4") -> Bool {
      (try? lab.elements(set).contains { $0.address == address ?? lab.clientV4 }) == true
    }

    /// What `posternctl bans --json` shows.
    private func bans(_ lab: Lab) throws -> [[String: Any]] {
      let run = try lab.posternctl(["bans", "--json"])
      try #require(run.status == 0, "\(run.errors)")
      return run.output.split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }
    }

    /// Programs of others in the background, ended with the test.
    private final class Background {
      private let process = Process()

      init(_ words: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--default-signal"] + words
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
      }

      deinit { stop() }

      func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
    }

    // MARK: Scans

    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap"), arguments: ["-sS", "-sT", "-sF", "-sA"])
    func nmapIsBannedWithinTwoSecondsAndFreedAtTheEnd(_ way: String) throws {
      let lab = try lab("timeout = \"3s\"\nlongest = \"1h\"")
      defer { lab.down() }
      try lab.start()
      let began = Date()
      let nmap = try Background(scan(lab, [way]))
      #expect(Shell.wait(seconds: 5) { isBanned(lab) }, "\(lab.audit())")
      let banned = Date()
      #expect(banned.timeIntervalSince(began) < 2, "\(banned.timeIntervalSince(began)) s")
      let ban = try #require(lab.auditEvents("ban").first)
      #expect(ban["source"] as? String == lab.clientV4 && ban["cause"] as? String == "ports" && ban["seconds"] as? Int == 3)
      #expect(!lab.connects(milliseconds: 100))
      let rules = try Shell.must(lab.nft(["list", "chain", "inet", "postern", "touched"]))
      #expect(rules.contains(/@banned4 counter packets [1-9][0-9]* .* drop comment "banned, IPv4"/), "\(rules)")
      nmap.stop()
      #expect(Shell.wait(seconds: 4.5) { !isBanned(lab) && lab.auditEvents("ban-end").count == 1 })
      #expect(Date().timeIntervalSince(banned) > 2, "its whole time")
      #expect(lab.auditEvents("ban-end").first?["reason"] as? String == "expired")
      // Once more lasts twice as long.
      let again = try Background(scan(lab, [way]))
      defer { again.stop() }
      #expect(Shell.wait(seconds: 5) { lab.auditEvents("ban").count == 2 })
      #expect(lab.auditEvents("ban").last?["seconds"] as? Int == 6 && lab.auditEvents("ban").last?["repeats"] as? Int == 1)
    }

    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap")) func overIPv6TheNetworkIsBanned() throws {
      let lab = try lab()
      defer { lab.down() }
      // The gateway itself has an address in the link's /64, which is spared; the scan comes from another.
      try Shell.must(["ip", "-n", lab.client, "address", "add", "fd88::2/64", "dev", "client0", "nodad"])
      try Shell.must(["ip", "-n", lab.client, "route", "add", "fd99::/64", "dev", "client0", "src", "fd88::2"])
      try Shell.must(["ip", "-n", lab.gateway, "address", "add", "fd99::1/64", "dev", "gate0", "nodad"])
      try Shell.must(["ip", "-n", lab.gateway, "route", "add", "fd88::/64", "dev", "gate0"])
      try lab.start()
      let words = Self.nmapWords + ["-6", "-p", "1000-1039", "fd99::1"]
      let nmap = try Background(lab.at(lab.client, words))
      defer { nmap.stop() }
      #expect(Shell.wait(seconds: 5) { isBanned(lab, "fd88::", set: "banned6") }, "\(lab.audit())")
      #expect(try bans(lab).first?["source"] as? String == "fd88::/64")
    }

    /// Ports that are not guarded concern nobody here, and neither does one guarded port.
    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap")) func otherPortsAreNoEvidence() throws {
      let lab = try lab()
      defer { lab.down() }
      try lab.start()
      // Something else than a knock at the knock port is one more port.
      try lab.sender().send([1, 2, 3])
      #expect(Shell.wait { lab.status()?.refused(.touch) == 1 })
      try Shell.must(scan(lab, ports: "2000-2999"))
      for _ in 0..<3 { try Shell.must(scan(lab, ports: "22,1000-1004")) }
      #expect(Shell.wait { (lab.status()?.refused(.touch) ?? 0) >= 7 })
      #expect(!isBanned(lab) && lab.auditEvents("ban").isEmpty)
    }

    /// Whoever guesses one-time values, through the opener of somebody's key.
    @Test func whoGuessesIsBanned() throws {
      let lab = try lab("codes = 3", rules: ["examples/pasmal.nft"], further: PasmalPasswords.key)
      defer { lab.down() }
      try lab.start()
      for guess in 1...3 {
        #expect(!isBanned(lab), "\(guess)")
        try lab.send(PasmalPasswords.steps(try Randomness.bytes32()))
        #expect(Shell.wait { (lab.status()?.refused(.secondFactorWrong) ?? 0) >= guess }, "\(lab.audit())")
      }
      #expect(Shell.wait { isBanned(lab) })
      #expect(lab.auditEvents("ban").first?["cause"] as? String == "codes")
    }

    // MARK: In the user's name

    /// The worst that others can do: touches and junk, at full speed and from his address, before and while he knocks.
    @Test(.enabled(if: Self.hping3, "no /usr/sbin/hping3: install hping3"))
    func whatOthersForgeInHisNameNeverBlocksHisKnock() throws {
      let lab = try lab()
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      try lab.start()
      let hping3 = ["setpriv", "--pdeathsig", "KILL", "/usr/sbin/hping3", "-q", "--flood", "-a", lab.clientV4]
      let touches = try Background(lab.at(lab.client, hping3 + ["-S", "-p", "++1000", lab.gatewayV4]))
      let junk = try Background(lab.at(lab.client, hping3 + ["--udp", "-d", "184", "-p", "62201", lab.gatewayV4]))
      defer {
        touches.stop()
        junk.stop()
      }
      #expect(Shell.wait(seconds: 5) { isBanned(lab) }, "the flood gets his address banned")
      let began = Date()
      let sender = try lab.sender()
      for wait in [0.0, 0.25, 0.5, 1.0] where (try? lab.isOpen(lab.clientV4)) != true {
        usleep(UInt32(wait * 1_000_000))
        sender.send(try lab.knock())
        _ = Shell.wait(seconds: 0.1) { (try? lab.isOpen(lab.clientV4)) == true }
      }
      #expect(Shell.wait(seconds: 2) { (try? lab.isOpen(lab.clientV4)) == true }, "\(lab.log)")
      #expect(Date().timeIntervalSince(began) < 2)
      #expect((1...5).contains { _ in lab.connects(milliseconds: 1500) }, "and he comes in")
      #expect(Shell.wait { !isBanned(lab) }, "the lease ends the ban")
      #expect(lab.auditEvents("ban-end").last?["reason"] as? String == "lease")
      // While he holds the lease nothing bans him again.
      sleep(2)
      let isOpen = try lab.isOpen(lab.clientV4)
      #expect(isOpen && !isBanned(lab))
      #expect((lab.status()?.refused(.wrongTag) ?? 0) + (lab.status()?.refused(.touch) ?? 0) > 1000, "the flood was real")
    }

    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap")) func whoHoldsALeaseOrASessionIsNotBanned() throws {
      // The window of grace that a knock brings is shorter than the scans.
      let lab = try lab("window = \"1s\"", lease: "6s")
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      let stream = try #require(lab.connect())
      defer { close(stream) }
      sleep(1)
      try Shell.must(scan(lab))
      #expect(Shell.wait(seconds: 3) { lab.auditEvents("ban-refused").contains { $0["reason"] as? String == "lease-holder" } })
      #expect(Shell.wait(seconds: 8) { lab.status()?.leases == 0 })
      try Shell.must(scan(lab))
      #expect(Shell.wait(seconds: 3) { lab.auditEvents("ban-refused").contains { $0["reason"] as? String == "session-holder" } })
      #expect(!isBanned(lab) && lab.auditEvents("ban").isEmpty)
    }

    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap")) func theRouterAndWhoMayNeverBeAreNotBanned() throws {
      let lab = try lab("never = [\"10.77.0.3\"]")
      defer { lab.down() }
      try Shell.must(["ip", "-n", lab.gateway, "route", "add", "default", "via", lab.clientV4])
      try lab.start()
      try Shell.must(scan(lab))
      try Shell.must(scan(lab, ports: "1000-1039", ["-S", "10.77.0.3", "-e", "client0"]))
      let reasons = { lab.auditEvents("ban-refused").compactMap { $0["reason"] as? String } }
      #expect(Shell.wait(seconds: 3) { Set(reasons()) == ["router-address", "never-banned"] }, "\(reasons())")
      #expect(try lab.elements("banned4").isEmpty)
    }

    // MARK: Restarts

    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap")) func bansAreKnownAfterAKillAndOutliveAReload() throws {
      let lab = try lab()
      defer { lab.down() }
      try lab.start()
      try Shell.must(scan(lab))
      #expect(Shell.wait { isBanned(lab) })
      #expect(try lab.posternctl(["ban", "10.9.0.0/24", "--for", "2h"]).status == 0)
      let before = try bans(lab)
      lab.killKeeper()
      #expect(isBanned(lab), "the kernel holds it")
      try lab.start(newGateway: false)
      let after = try bans(lab)
      for member in ["source", "cause", "since", "repeats", "manual"] {
        #expect(after.map { "\($0[member] ?? "")" } == before.map { "\($0[member] ?? "")" }, "\(member)")
      }
      #expect(after.count == 2 && lab.auditEvents("ban").count == 2, "no new ban")
      // A ruleset that is loaded anew, as nftables.service does it.
      try Shell.must(lab.nft(["flush", "ruleset"]))
      try lab.loadRules()
      #expect(Shell.wait { isBanned(lab) && (try? lab.elements("barred4_24").count) == 1 })
      // Deleted by hand is over.
      try Shell.must(lab.nft(["delete", "element", "inet", "postern", "banned4", "{ \(lab.clientV4) }"]))
      #expect(Shell.wait { lab.auditEvents("ban-end").contains { $0["reason"] as? String == "deleted-by-operator" } })
      #expect(try bans(lab).count == 1)
    }

    // MARK: Operators

    @Test func operatorsKeepOutAndLetIn() throws {
      let lab = try lab()
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      #expect(lab.connects())
      let table = try lab.posternctl(["ban", lab.clientV4])
      #expect(table.status == 0 && table.output.contains("10.77.0.2") && table.output.contains("operator"), "\(table)")
      #expect(isBanned(lab, set: "barred4") && !lab.connects(), "an operator's word beats a lease")
      let ban = try #require(lab.auditEvents("ban").first)
      #expect(ban["manual"] as? Bool == true && ban["operator"] as? Int == Int(geteuid()) && ban["seconds"] as? Int == 3600)
      #expect(try lab.posternctl(["unban", lab.clientV4]).status == 0)
      #expect(!isBanned(lab, set: "barred4") && lab.connects())
      #expect(try lab.posternctl(["ban", "10.77.0.0/16", "--for", "30s"]).status == 0)
      #expect(!lab.connects() && isBanned(lab, "10.77.0.0", set: "barred4_16"))
      #expect(try lab.posternctl(["unban", lab.clientV4]).status == 0)
      #expect(lab.connects())
      let refused = try lab.posternctl(["ban", "10.77.0.0/25"])
      #expect(refused.status == 65 && refused.errors.contains("/32, /24, /16"), "\(refused)")
      #expect(try lab.posternctl(["unban", "10.1.2.3"]).status == 65)
    }

    @Test func withoutTheTableThereIsNothingToBanWith() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let refused = try lab.posternctl(["ban", "10.1.2.3"])
      #expect(refused.status == 78 && refused.errors.contains("no [defence]"), "\(refused)")
      #expect(try bans(lab).isEmpty)
    }

    @Test func missingSetsAreAnAlarm() throws {
      let lab = try lab()
      defer { lab.down() }
      for chain in ["touched", "touches"] { try Shell.must(lab.nft(["flush", "chain", "inet", "postern", chain])) }
      try Shell.must(lab.nft(["delete", "set", "inet", "postern", "banned6_48"]))
      let check = try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
      #expect(check.status == 78 && check.errors.contains("inet postern banned6_48"), "\(check.errors)")
      try lab.start()
      #expect(lab.status()?.alarms.contains { $0.contains("banned6_48") } == true)
    }

    // MARK: Actions

    @Test(.enabled(if: Self.nmap, "no /usr/bin/nmap: install nmap")) func anActionRunsOnceABan() throws {
      let lab = try lab(
        actions: """
          [events]
          on-ban = ["tell"]
          [actions.tell]
          run = ["/bin/sh", "-c", 'echo "$POSTERN_EVENT $POSTERN_SOURCE $POSTERN_SECONDS" >> PLACE/out/bans']
          NOBODY
          """)
      defer { lab.down() }
      try lab.start()
      try Shell.must(scan(lab))
      #expect(Shell.wait { lab.written("bans") == ["ban 10.77.0.2 600"] }, "\(lab.written("bans")) \(lab.log)")
      // Neither found again nor written again is banned again.
      lab.killKeeper()
      try lab.start(newGateway: false)
      try Shell.must(lab.nft(["flush", "ruleset"]))
      try lab.loadRules()
      try guardMore(lab)
      #expect(Shell.wait { isBanned(lab) })
      try Shell.must(scan(lab))
      usleep(500_000)
      #expect(lab.written("bans").count == 1)
    }
  }
}
