// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import Testing

extension SystemSuite {
  /// One configuration after another in the life of one daemon.
  @Suite struct ReloadTests {
    private func generation(_ lab: Lab) -> Int {
      lab.auditEvents("reload").last.flatMap { $0["generation"] as? Int } ?? 1
    }

    /// Changes the configuration's text and reloads; answers what posternctl says.
    private func reload(_ lab: Lab, _ change: (String) -> String = { $0 }) throws -> Shell.Result {
      let path = lab.directory + "/postern.toml"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try change(text).write(toFile: path, atomically: true, encoding: .utf8)
      return try Shell.run(["\(Lab.binaries)/posternctl", "reload", "--socket", lab.directory + "/control"])
    }

    /// No knock is lost in a hundred reloads under load: whatever was sent is open afterwards, and nothing twice.
    @Test func aHundredReloadsLoseNoKnock() throws {
      let lab = try Lab(.init(leasesPerDoor: 100_000))
      defer { lab.down() }
      try lab.start()
      let stream = KnockStream(lab, lease: 3000)
      stream.start()
      defer { stream.stop() }
      for round in 0..<100 {
        if round % 10 == 0 { kill(lab.keeperPID, SIGHUP) }
        let result = try reload(lab)
        #expect(result.status == 0, "round \(round): \(result.errors)")
      }
      stream.stop()
      let sent = stream.sent
      #expect(sent > 200)
      let all = Shell.wait(seconds: 10) { (lab.status()?.leases ?? 0) >= sent }
      #expect(all, "\(lab.status()?.leases ?? 0) of \(sent)")
      #expect(Set(try lab.elements("door4").map(\.address)).count == sent)
      #expect(lab.auditEvents("grant").count == sent, "each knock once")
      #expect(lab.auditEvents("refusal").isEmpty)
      #expect(lab.auditEvents("reload").count >= 100)
      #expect(lab.auditEvents("alarm").allSatisfy { ($0["reason"] as? String)?.contains("size") == true })
      #expect(lab.status()?.restarts == 0)
      #expect(lab.status()?.counter("lost-by-sequence") == 0)
    }

    @Test func aKnockIsNotAcceptedAgainByTheNextGate() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let knock = try lab.knock()
      let sender = try lab.sender()
      sender.send(knock)
      #expect(Shell.wait { lab.status()?.leases == 1 })
      #expect(try reload(lab).status == 0)
      sender.send(knock)
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "replay" } })
    }

    @Test func aBadFileLeavesTheOldConfigurationInForce() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let gate = lab.status()?.gatePID
      let good = try String(contentsOfFile: lab.directory + "/postern.toml", encoding: .utf8)
      let result = try reload(lab) { $0.replacingOccurrences(of: "longest = \"1h\"", with: "longest = \"1 hour\"") }
      #expect(result.status == 78)
      #expect(result.errors.contains("postern.toml:"), "file, line and column: \(result.errors)")
      #expect(lab.auditEvents("reload-refused").count == 1)
      #expect(lab.status()?.gatePID == gate)
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      #expect(try reload(lab) { _ in good }.status == 0)
      #expect(lab.status()?.gatePID != gate)
    }

    @Test func whatADaemonIsTiedToNeedsARestart() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let result = try reload(lab) { $0.replacingOccurrences(of: "directory = \"", with: "directory = \"/tmp/") }
      #expect(result.status == 78)
      #expect(result.errors.contains("state.directory has changed"))
    }

    @Test func leasesThatTheNewConfigurationDoesNotKnowAreClosed() throws {
      let lab = try Lab(
        .init(
          extra:
            "[users.bob]\ndoors = [\"ssh\"]\n[users.bob.keys.desk]\npublic = \"CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\npsk-none = true\n"
        ))
      defer { lab.down() }
      // Bob's, as an earlier daemon left it.
      let left = "{ 10.77.0.3 . tcp . 22 timeout 1h comment \"bob/desk ssh 00000000000000b0\" }"
      try Shell.must(lab.at(lab.gateway, ["nft", "add", "element", "inet", "postern", "door4", left]))
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 2 })
      let result = try reload(lab) { text in
        text.components(separatedBy: "[users.bob]").first ?? ""
      }
      #expect(result.status == 0, "\(result.errors)")
      #expect(
        lab.auditEvents("lease-end").contains {
          $0["user"] as? String == "bob" && $0["reason"] as? String == "no-longer-configured"
        })
      #expect(try lab.isOpen(lab.clientV4) && !lab.isOpen("10.77.0.3"))
      #expect(lab.status()?.leases == 1)
    }

    @Test func aNewDoorAndANewGroupAreTakenUp() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      let result = try reload(lab) {
        $0.replacingOccurrences(of: "ports = [\"tcp/22\"]", with: "ports = [\"tcp/22\", \"udp/53\"]")
          .replacingOccurrences(of: "[state]", with: "[capture]\ngroups = [5, 6]\n[state]")
      }
      #expect(result.status == 0, "\(result.errors)")
      #expect(lab.status()?.leases == 1)
      try lab.sender().send(try lab.knock(lab.clientV4))
      #expect(Shell.wait { (try? lab.elements("door4").count) == 2 })
      let status = lab.ask("status")?.first ?? ""
      #expect(status.contains("group 6:"))
      #expect(try reload(lab) { $0.replacingOccurrences(of: "groups = [5, 6]", with: "groups = [5]") }.status == 0)
      #expect(lab.ask("status")?.first?.contains("group 6:") == false)
    }

    @Test func anotherGatewayKeyNeedsNoFenceInTheLifeOfOneDaemon() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try Shell.must(["\(Lab.binaries)/postern", "keygen", lab.directory + "/next.key"])
      let result = try reload(lab) {
        $0.replacingOccurrences(of: "key = \"gateway.key\"", with: "keys = [{ file = \"gateway.key\" }, { file = \"next.key\" }]")
      }
      #expect(result.status == 0, "\(result.errors)")
      #expect(lab.auditEvents("fence").isEmpty)
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
    }
  }
}
