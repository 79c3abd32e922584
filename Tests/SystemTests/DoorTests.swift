// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import PosternPlatform
import Testing

/// The whole way on real packets: client, rules, gate, keeper, sets.
extension SystemSuite {
  @Suite struct DoorTests {
    @Test func aKnockOpensAndTheKernelCloses() throws {
      let lab = try Lab(.init(lease: "3s"))
      defer { lab.down() }
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      #expect(!lab.connects() && !lab.connects("fd77::1"), "dead before the knock")

      let sender = try lab.sender()
      sender.send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      let four = try #require(try lab.elements("door4").first)
      #expect(four.address == lab.clientV4 && four.timeout == 3 && four.expires <= 3)
      #expect(four.comment?.wholeMatch(of: /alice\/laptop ssh [0-9a-f]{16}/) != nil)
      #expect(try lab.elements("door6").first?.comment == four.comment, "one lease, both families")

      let stream = try #require(lab.connect())
      defer { close(stream) }
      let accepted = accept(listener, nil, nil)
      defer { close(accepted) }
      #expect(accepted >= 0 && lab.connects("fd77::1"))
      #expect(Shell.wait(seconds: 6) { (try? lab.elements("door4").isEmpty) == true })
      #expect(!lab.connects() && !lab.connects("fd77::1"), "dead after expiry")
      let sent = unsafe write(stream, "hello", 5)
      #expect(sent == 5)
      var buffer = [UInt8](repeating: 0, count: 5)
      let received = unsafe read(accepted, &buffer, 5)
      #expect(received == 5, "the session lives on")

      let grant = try #require(lab.auditEvents("grant").first)
      #expect(grant["user"] as? String == "alice" && grant["seconds"] as? Int == 3)
      #expect(Shell.wait { lab.auditEvents("lease-end").count == 1 })
      #expect(lab.auditEvents("lease-end").first?["reason"] as? String == "expired")
    }

    @Test func theClosingKnockCloses() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      sender.send(try lab.knock(action: .close))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == false })
      #expect(Shell.wait { lab.auditEvents("lease-end").first?["reason"] as? String == "closed-by-user" })
    }

    @Test func knocksOverIPv6OpenToo() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender(from: lab.clientV6).send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV6)) == true })
      #expect(try lab.isOpen(lab.clientV4))
    }

    @Test func aRefusedUserIsAuditedAndAStrangerOnlyCounted() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock("127.0.0.1"))
      sender.send(try lab.knock(lab.gatewayV4))
      sender.send(try lab.knock(stamp: lab.freshStamp(skew: -3600)))
      for _ in 0..<50 { sender.send([UInt8](repeating: 0x0a, count: 184)) }
      sender.send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      let refusals = lab.auditEvents("refusal")
      #expect(
        refusals.compactMap { $0["reason"] as? String }.sorted() == ["address-not-allowed", "own-address", "stale"])
      #expect(refusals.allSatisfy { $0["user"] as? String == "alice" && $0["key"] as? String == "laptop" })
      let stale = refusals.first { $0["reason"] as? String == "stale" }
      #expect(((stale?["skew"] as? Double) ?? 0).rounded() == -3600)
      #expect(lab.status()?.refused(.wrongTag) == 50)
      #expect(!lab.audit().contains { ($0["reason"] as? String) == "wrong-tag" })
      // One line for all of them, at the end of the minute or of the daemon.
      lab.stop()
      let strangers = lab.auditEvents("strangers")
      #expect(strangers.count == 1 && strangers.first?["packets"] as? Int == 50)
      #expect(strangers.first?["refused"] as? [String] == ["wrong-tag 50"])
    }

    @Test func operatorsListAndClose() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      let ctl = ["\(Lab.binaries)/posternctl", "--socket", lab.directory + "/control"]
      func run(_ words: String...) throws -> Shell.Result {
        try Shell.run([ctl[0], words[0], ctl[1], ctl[2]] + words.dropFirst())
      }
      let listed = try run("leases", "--json").output
      let lease = try #require(
        (try JSONSerialization.jsonObject(with: Data(listed.split(separator: "\n")[0].utf8)) as? [String: Any])?["lease"]
          as? String)
      #expect(try run("leases").output.contains("alice"))
      #expect(try run("status").output.contains("ready"))
      #expect(try run("close", "0000000000000000").status == 65)
      #expect(try run("close", lease).status == 0)
      #expect(try !lab.isOpen(lab.clientV4))
      #expect(Shell.wait { lab.auditEvents("lease-end").first?["reason"] as? String == "closed-by-operator" })
      lab.stop()
      #expect(try run("status").status == 69)
    }

    /// Without a word in the configuration the kernel must vouch for the clock; here it seldom does.
    @Test func aClockThatNobodyVouchesForKeepsTheGateClosed() throws {
      let lab = try Lab(.init(clock: "synchronised"))
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      if SystemClock.isSynchronised {
        #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      } else {
        #expect(Shell.wait { lab.auditEvents("refusal").first?["reason"] as? String == "clock-closed" })
        #expect(try !lab.isOpen(lab.clientV4))
      }
    }

    @Test func aMissingTableIsAnAlarmAndNotTheEnd() throws {
      let lab = try Lab()
      defer { lab.down() }
      try Shell.must(lab.at(lab.gateway, ["nft", "delete", "table", "inet", "postern"]))
      try lab.start()
      #expect(lab.status()?.alarms.count == 2)
      try lab.loadRules()
      #expect(lab.status()?.alarms.isEmpty == true)
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
    }

    @Test func aFullSetRefusesInWordsAndTheOtherFamilyOpens() throws {
      let lab = try Lab(.init(leasesPerDoor: 1))
      defer { lab.down() }
      try Shell.must(lab.at(lab.gateway, ["nft", "delete", "table", "inet", "postern"]))
      let rules = try String(contentsOfFile: Lab.root + "/nft/postern.nft", encoding: .utf8)
        .replacingOccurrences(of: "size 65536", with: "size 1")
      try rules.write(toFile: lab.directory + "/small.nft", atomically: true, encoding: .utf8)
      try Shell.must(lab.at(lab.gateway, ["nft", "-f", lab.directory + "/small.nft"]))
      try Shell.must(
        lab.at(lab.gateway, ["nft", "add", "element", "inet", "postern", "door4", "{ 192.0.2.1 . tcp . 22 timeout 1h }"]))
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV6)) == true })
      #expect(Shell.wait { lab.auditEvents("grant").count == 1 })
      #expect((lab.auditEvents("grant").first?["refused"] as? [String])?.first?.hasSuffix("set-full") == true)
      sender.send(try lab.knock(nil, lab.clientV6, action: .close))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV6)) == false })
      sender.send(try lab.knock(lab.clientV4))
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "set-full" } })
    }

    @Test func twoDaemonsDoNotShareAGroup() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let text = try String(contentsOfFile: lab.directory + "/postern.toml", encoding: .utf8)
        .replacingOccurrences(of: "/control\"", with: "/control2\"")
      try text.write(toFile: lab.directory + "/second.toml", atomically: true, encoding: .utf8)
      let second = try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-c", lab.directory + "/second.toml"]))
      #expect(second.status == 69)
      #expect(second.errors.contains("NFLOG group 5 has another owner"))
    }
  }
}
