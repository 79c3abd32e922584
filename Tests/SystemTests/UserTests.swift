// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

/// Users with files of their own, from `posternctl user add` to the open door, and gateway keys that are replaced.
extension SystemSuite {
  @Suite struct UserTests {
    /// A lab whose replay ring stays small with several keys, so that gates are soon ready.
    private func lab() throws -> Lab {
      let lab = try Lab(.init(keyBurst: 100))
      try edit(lab) { $0.replacingOccurrences(of: "key-refill = \"1ms\"", with: "key-refill = \"100ms\"") }
      return lab
    }

    /// Writes `posternctl`'s answer to a profile of the client and knocks with it, once.
    private func knock(_ lab: Lab, _ profile: String, _ words: String...) throws -> Shell.Result {
      let path = lab.directory + "/printed.profile"
      try? FileManager.default.removeItem(atPath: path)
      guard FileManager.default.createFile(atPath: path, contents: Data(profile.utf8), attributes: [.posixPermissions: 0o600])
      else { throw Shell.Failure(description: "cannot write \(path)") }
      return try Shell.run(
        lab.at(
          lab.client, ["env", "HOME=\(lab.directory)", "\(Lab.binaries)/postern", "knock", "--once", "--profile", path] + words))
    }

    private func control(_ lab: Lab, _ words: [String]) throws -> String {
      try Shell.must(["\(Lab.binaries)/posternctl"] + words)
    }

    private func user(_ lab: Lab, _ words: String...) throws -> String {
      try control(lab, ["user"] + words + ["-c", lab.directory + "/postern.toml"])
    }

    private func keys(_ lab: Lab) throws -> [[String: Any]] {
      try control(lab, ["keys", "--json", "--socket", lab.directory + "/control"]).split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }
    }

    private func edit(_ lab: Lab, _ change: (String) -> String) throws {
      let path = lab.directory + "/postern.toml"
      try change(try String(contentsOfFile: path, encoding: .utf8)).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func reload(_ lab: Lab) throws { _ = try control(lab, ["reload", "--socket", lab.directory + "/control"]) }

    private func key(_ lab: Lab, _ name: String) throws {
      try Shell.must(["\(Lab.binaries)/postern", "keygen", "--secret", lab.directory + "/" + name])
    }

    private func time(_ seconds: Double) -> String { ISO8601DateFormatter().string(from: Date().addingTimeInterval(seconds)) }

    @Test func anAddedUserOpensTheDoorUntilHeIsDisabled() throws {
      let lab = try lab()
      defer { lab.down() }
      let profile = try user(lab, "add", "bob", "--door", "ssh", "--device", "tablet", "--gateway", lab.gatewayV4)
      try lab.start()
      #expect(try knock(lab, profile).status == 0)
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      #expect(
        Shell.wait { lab.auditEvents("grant").contains { $0["user"] as? String == "bob" && $0["key"] as? String == "tablet" } })

      #expect(try user(lab, "disable", "bob").contains("bob is disabled"))
      try reload(lab)
      #expect(try !lab.isOpen(lab.clientV4), "his open lease is closed")
      #expect(try knock(lab, profile).status == 0)
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "user-disabled" } })
      #expect(try !lab.isOpen(lab.clientV4))
      #expect(try keys(lab).first { $0["user"] as? String == "bob" }?["state"] as? String == "disabled")

      #expect(try user(lab, "remove", "bob").contains("removed \(lab.directory)/users.d/bob@tablet.psk"))
      try reload(lab)
      _ = try knock(lab, profile)
      #expect(Shell.wait { lab.status()?.refused(.unknownKey) ?? 0 > 0 })
    }

    @Test func aDeviceWithItsOwnKey() throws {
      let lab = try lab()
      defer { lab.down() }
      let publicKey = try Shell.must(["\(Lab.binaries)/postern", "keygen", lab.directory + "/own.key"])
      let profile = try user(
        lab, "add", "bob", "--door", "ssh", "--device", "own", "--gateway", lab.gatewayV4, "--key",
        publicKey.trimmingCharacters(in: .whitespacesAndNewlines))
      #expect(profile.contains("private-key = file:own.key"))
      try lab.start()
      #expect(try knock(lab, profile).status == 0)
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
    }

    @Test func anObservedUserOpensNothing() throws {
      let lab = try lab()
      defer { lab.down() }
      let profile = try user(lab, "add", "bob", "--door", "ssh", "--gateway", lab.gatewayV4)
      let file = lab.directory + "/users.d/bob.toml"
      try ("observe-only = true\n" + String(contentsOfFile: file, encoding: .utf8)).write(
        toFile: file, atomically: true, encoding: .utf8)
      try lab.start()
      #expect(try knock(lab, profile).status == 0)
      #expect(Shell.wait { lab.auditEvents("observed").count == 1 })
      let event = try #require(lab.auditEvents("observed").first)
      #expect(event["user"] as? String == "bob" && event["door"] as? String == "ssh" && event["seconds"] as? Int == 30)
      #expect((event["elements"] as? [String])?.contains("\(lab.clientV4) tcp/22") == true)
      #expect(try lab.elements("door4").isEmpty && lab.status()?.leases == 0)
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true }, "others are served")
    }

    /// Old profiles work until the end of the old key, also without a restart; `keys` tells who still has one.
    @Test func aGatewayKeyIsReplaced() throws {
      let lab = try lab()
      defer { lab.down() }
      let old = try user(lab, "add", "bob", "--door", "ssh", "--device", "old", "--gateway", lab.gatewayV4)
      try key(lab, "next.key")
      let single = "key = \"gateway.key\""
      func both(_ end: String) -> String { "keys = [{ file = \"gateway.key\", until = \(end) }, { file = \"next.key\" }]" }
      let far = time(86_400)
      try edit(lab) { $0.replacingOccurrences(of: single, with: both(far)) }
      let new = try user(lab, "add", "bob", "--device", "new", "--gateway", lab.gatewayV4)
      #expect(old.contains(Base64.encode(lab.profile.gatewayPublicKey.array)))
      #expect(!new.contains(Base64.encode(lab.profile.gatewayPublicKey.array)))
      try lab.start()
      #expect(lab.log.contains("gateway key gateway.key ends "))
      for profile in [old, new] { #expect(try knock(lab, profile).status == 0) }
      #expect(Shell.wait { lab.auditEvents("grant").count == 2 })
      func word(_ device: String) throws -> String? {
        try keys(lab).first { $0["key"] as? String == device }?["gateway-key"] as? String
      }
      #expect(try word("old") == "old" && word("new") == "current" && word("laptop") == "unknown")

      // What is known survives, also a death.
      let ledger = lab.directory + "/keys"
      func known() -> Int { (try? String(contentsOfFile: ledger, encoding: .utf8))?.split(separator: "\n").count ?? 0 }
      #expect(Shell.wait { known() == 3 }, "a title and two keys")
      lab.killKeeper()
      try lab.start(newGateway: false)
      #expect(try word("old") == "old" && word("new") == "current")

      // The end comes while the gate runs, and needs no reload.
      let end = time(4)
      try edit(lab) { $0.replacingOccurrences(of: both(far), with: both(end)) }
      try reload(lab)
      #expect(Shell.wait(seconds: 10) { (try? word("old")) == "ended" })
      let before = lab.status()?.refused(.wrongTag) ?? 0
      #expect(try knock(lab, old).status == 0)
      #expect(Shell.wait { (lab.status()?.refused(.wrongTag) ?? 0) > before })
      #expect(lab.auditEvents("grant").count == 2)
      #expect(try knock(lab, new).status == 0)
      #expect(Shell.wait { lab.auditEvents("grant").count == 3 })
    }

    @Test func anAdmissionSecretIsReplaced() throws {
      let lab = try lab()
      defer { lab.down() }
      try key(lab, "next-admission.key")
      let old = try user(lab, "add", "bob", "--door", "ssh", "--device", "old", "--gateway", lab.gatewayV4)
      try lab.start()
      try edit(lab) {
        $0.replacingOccurrences(
          of: "admission = \"admission.key\"",
          with: "admissions = [{ file = \"admission.key\", until = \(time(3600)) }, { file = \"next-admission.key\" }]")
      }
      let new = try user(lab, "add", "bob", "--device", "new", "--gateway", lab.gatewayV4)
      try reload(lab)
      for profile in [old, new] { #expect(try knock(lab, profile).status == 0) }
      #expect(Shell.wait { lab.auditEvents("grant").count == 2 })
      let found = try keys(lab)
      #expect(found.first { $0["key"] as? String == "old" }?["admission"] as? String == "old")
      #expect(found.first { $0["key"] as? String == "new" }?["admission"] as? String == "current")
      let table = try control(lab, ["keys", "--socket", lab.directory + "/control"])
      #expect(table.hasPrefix("USER") && table.contains("bob    old "))
    }

    /// The door's own list of users, and what all of them together may hold.
    @Test func aDoorBoundsAllItsUsers() throws {
      let lab = try lab()
      defer { lab.down() }
      try edit(lab) { $0.replacingOccurrences(of: "[doors.ssh]", with: "[doors.ssh]\nleases = 1\nusers = [\"bob\", \"alice\"]") }
      let file = lab.directory + "/users.d"
      try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
      try "[keys]\n".write(toFile: file + "/bob.toml", atomically: true, encoding: .utf8)
      let profile = try user(lab, "add", "bob", "--device", "laptop", "--gateway", lab.gatewayV4)
      try lab.start()
      #expect(try knock(lab, profile).status == 0)
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      try lab.sender().send(try lab.knock("10.77.0.3"))
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "too-many-leases" } })
      #expect(try !lab.isOpen("10.77.0.3"))
    }
  }
}
