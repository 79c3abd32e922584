// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternWire
import Testing

/// Flows that came through doors, as the daemon tells of them.
extension SystemSuite {
  @Suite struct SessionTests {
    @Test(arguments: OneShotTests.roads) func aSessionIsToldOfFromBeginToEnd(_ road: OneShotTests.Road) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.countFlows()
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let lease = try #require(lab.leases().first?["lease"] as? String)
      var near: Connection? = try Connection(from: lab.client, to: road.gateway, 22)
      var far: Connection? = try listener.next()
      for _ in 0..<3 { #expect(near.map { one in far.map { one.reaches($0) } ?? false } == true) }
      let session = try #require(lab.waitForSessions(1).first)
      #expect(session["user"] as? String == "alice" && session["key"] as? String == "laptop")
      #expect(session["door"] as? String == "once" && session["lease"] as? String == lease)
      #expect(session["source"] as? String == (road.family == .ipv4 ? lab.clientV4 : lab.clientV6))
      #expect(session["destination"] as? String == road.gateway && session["destination-port"] as? Int == 22)
      #expect((session["packets"] as? Int ?? 0) >= 6 && (session["bytes"] as? Int ?? 0) > 15)
      #expect((3500...3600).contains(session["element-seconds-left"] as? Int ?? 0), "\(session)")
      let table = try lab.posternctl(["sessions"])
      #expect(table.output.contains("alice") && table.output.contains("once"), "\(table)")

      // The one flow that was granted is there: the lease is over in both families, and nobody deleted the element twice.
      let ends = lab.auditEvents("lease-end").filter { $0["lease"] as? String == lease }
      #expect(ends.count == 1 && ends.first?["reason"] as? String == "taken", "\(ends)")
      #expect(try lab.elements("once4").isEmpty && lab.elements("once6").isEmpty)
      #expect(lab.auditEvents("element-deleted").isEmpty)

      (near, far) = (nil, nil)
      try #require(Shell.wait { lab.auditEvents("session-end").count == 1 }, "\(lab.audit())")
      let end = lab.auditEvents("session-end")[0]
      #expect(end["lease"] as? String == lease && end["reason"] as? String == "closed", "\(end)")
      #expect((end["packets"] as? Int ?? 0) >= 8 && (end["bytes"] as? Int ?? 0) > 15)
      #expect((0.0...60).contains(end["seconds"] as? Double ?? -1))
      #expect(lab.auditEvents("session").count == 1)
      #expect(try lab.elements(road.session).isEmpty, "a stream that is closed needs no element")
      #expect(lab.sessions().isEmpty)
    }

    /// A door that stays open lets several in; each session is its user's.
    @Test func sessionsOfAnOpenDoor() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.countFlows()
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6, door: "ssh"))
      try #require(Shell.wait { try lab.isOpen(lab.clientV4) })
      let streams = try [lab.gatewayV4, lab.gatewayV4, "fd77::1"].map { ($0, try Connection(from: lab.client, to: $0, 22)) }
      let far = try streams.map { _ in try listener.next() }
      let sessions = try lab.waitForSessions(3)
      #expect(sessions.allSatisfy { $0["user"] as? String == "alice" && $0["door"] as? String == "ssh" }, "\(sessions)")
      #expect(try lab.isOpen(lab.clientV4), "the door stays")
      withExtendedLifetime((streams, far)) {}
    }

    /// Marks that the administrator's own rules use stay as they are.
    @Test func otherBitsOfTheMarkStay() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      try Shell.must(
        lab.nft(["-f", "-"]),
        input: """
          table inet mine {
            chain before { type filter hook prerouting priority mangle; ct mark set 0x40000007; }
            chain after { type filter hook input priority filter; tcp dport 22 ct mark 0x60000007 counter comment "kept"; }
          }
          """)
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(door: "ssh"))
      try #require(Shell.wait { try lab.isOpen(lab.clientV4) })
      let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      #expect(near.reaches(try listener.next()))
      let chain = try Shell.must(lab.nft(["list", "chain", "inet", "mine", "after"]))
      #expect(!chain.contains("packets 0 "), "\(chain)")
    }

    /// A restart of the keeper loses no session: those that go on keep their names, one that ended meanwhile is told of.
    @Test func sessionsOutliveTheKeeper() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.countFlows()
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(door: "ssh"))
      try #require(Shell.wait { try lab.isOpen(lab.clientV4) })
      let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      let far = try listener.next()
      var leaving: (Connection, Connection)? = (try Connection(from: lab.client, to: lab.gatewayV4, 22), try listener.next())
      let before = try lab.waitForSessions(2)
      // The file is written a moment later.
      #expect(Shell.wait { FileManager.default.fileExists(atPath: lab.directory + "/sessions") })
      usleep(1_200_000)
      lab.killKeeper()
      leaving = nil
      _ = leaving
      #expect(near.reaches(far), "sessions need no keeper")
      usleep(100_000)
      try lab.start(newGateway: false)
      let after = try lab.waitForSessions(1)
      #expect(after.count == 1 && after[0]["user"] as? String == "alice")
      #expect(before.contains { $0["session"] as? String == after[0]["session"] as? String })
      let ends = lab.auditEvents("session-end")
      #expect(ends.count == 1 && ends[0]["reason"] as? String == "ended-while-down", "\(ends)")
      #expect(ends.first?["user"] as? String == "alice" && ends.first?["lease"] is String)
      #expect(lab.auditEvents("session").count == 2, "nothing is told twice")
    }

    /// A foreign reload with sessions open: what was taken stays taken, what goes on keeps its element.
    @Test func aFlushedRulesetGetsItsSessionsBack() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      let far = try listener.next()
      #expect(near.reaches(far))
      try lab.sender().send(try lab.knock(nil, lab.clientV6, door: "ssh"))
      try #require(Shell.wait { try lab.isOpen(lab.clientV6) })
      for _ in 0..<3 {
        try Shell.must(lab.nft(["flush", "ruleset"]))
        try lab.loadRules()
        #expect(try Shell.wait { try lab.elements("session4").count == 1 && lab.isOpen(lab.clientV6) }, "\(lab.audit())")
        #expect(near.reaches(far) && far.reaches(near), "the session goes on")
        #expect(try lab.elements("once4").isEmpty && lab.elements("once6").isEmpty, "what is taken stays taken")
        #expect(lab.answer(lab.gatewayV4, 22) == .silence)
      }
      #expect(try (3000...3600).contains(lab.elements("session4").first?.expires ?? 0))
      #expect(lab.sessions().count == 1 && lab.leases().count == 1)
      // And with its element the session outlives connection tracking, too.
      try lab.forgetFlows()
      #expect(near.reaches(far))
    }

    /// The rules take a door and the ruleset is flushed at once: the keeper hears of both in the right order.
    @Test func aDoorThatIsTakenJustBeforeAFlushStaysTaken() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      for _ in 0..<5 {
        try lab.openOnce()
        kill(lab.keeperPID, SIGSTOP)
        let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
        #expect(near.reaches(try listener.next()))
        try Shell.must(lab.nft(["flush", "ruleset"]))
        try lab.loadRules()
        kill(lab.keeperPID, SIGCONT)
        #expect(Shell.wait { lab.leases().isEmpty })
        usleep(100_000)
        #expect(try lab.elements("once4").isEmpty && lab.elements("once6").isEmpty)
      }
    }

    @Test func aCheckTellsOfTheSettings() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      let check = lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-c", lab.directory + "/postern.toml", "-t"])
      let before = try Shell.run(check)
      #expect(before.status == 0 && before.errors.contains("nf_conntrack_acct is 0 instead of 1"), "\(before)")
      try Shell.must(lab.at(lab.gateway, ["sysctl", "-q", "-p", Lab.root + "/deploy/postern-sysctl.conf"]))
      let after = try Shell.run(check)
      #expect(after.status == 0 && !after.errors.contains("nf_conntrack"), "\(after)")
    }
  }
}

extension Lab {
  /// Has the gateway count packets and times of flows.
  func countFlows() throws { try Shell.must(at(gateway, ["sysctl", "-q", "-p", Self.root + "/deploy/postern-sysctl.conf"])) }

  private func objects(_ request: String) -> [[String: Any]] {
    (ask(request) ?? []).compactMap { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] }
  }

  func sessions() -> [[String: Any]] { objects("sessions").filter { $0["session"] != nil } }
  func leases() -> [[String: Any]] { objects("leases").filter { $0["lease"] != nil } }

  /// So many sessions, or a failure within the time.
  func waitForSessions(_ count: Int) throws -> [[String: Any]] {
    guard Shell.wait({ sessions().count == count }) else {
      throw Shell.Failure(description: "\(sessions()) instead of \(count) sessions: \(audit()) \(log)")
    }
    return sessions()
  }

  func posternctl(_ words: [String]) throws -> Shell.Result {
    try Shell.run(["\(Self.binaries)/posternctl", words[0], "--socket", directory + "/control"] + words.dropFirst())
  }
}
