// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import Testing

extension SystemSuite {
  /// Two gates share the knocks; each knock counts once.
  @Suite struct GatesTests {
    /// So many that the chance of a hash that sends all to one gate is 2 to the power of minus 31.
    private static let sources = (1...32).map { "10.77.1.\($0)" }

    private static func text(gates: Int) -> String { "[capture]\ngroups = [5, 6]\ngates = \(gates)\n[state]" }

    private func lab(gates: Int = 2) throws -> Lab {
      let lab = try Lab(.init(leasesPerDoor: 100_000, rules: ["postern.nft", "gates.nft"]))
      do {
        try lab.edit("postern.toml") { $0.replacing("[state]", with: Self.text(gates: gates)) }
        for source in Self.sources {
          try Shell.must(["ip", "-n", lab.client, "address", "add", source + "/32", "dev", "client0"])
        }
        try lab.start()
      } catch {
        lab.down()
        throw error
      }
      return lab
    }

    private func senders(_ lab: Lab) throws -> [Sender] { try Self.sources.map { try lab.sender(from: $0) } }

    private func gates(_ lab: Lab) -> [(word: String, pid: Int32)] {
      (lab.status()?.gates ?? []).compactMap { line in
        let words = line.split(separator: " ")
        return words.count == 3 ? (String(words[0]), Int32(words[1]) ?? 0) : nil
      }
    }

    private func areReady(_ lab: Lab, after old: [Int32] = []) -> Bool {
      Shell.wait(seconds: 10) {
        let gates = gates(lab)
        return gates.count == 2 && gates.allSatisfy { $0.word == "ready" && !old.contains($0.pid) }
      }
    }

    private func reload(_ lab: Lab, from old: Int, to new: Int) throws {
      if old != new { try lab.edit("postern.toml") { $0.replacing(Self.text(gates: old), with: Self.text(gates: new)) } }
      let result = try Shell.run(["\(Lab.binaries)/posternctl", "reload", "--socket", lab.directory + "/control"])
      #expect(result.status == 0, "\(result.errors)")
    }

    /// Opens with a knock, closes its lease again, and gives the captured bytes.
    private func spend(_ lab: Lab, _ sender: Sender) throws -> [UInt8] {
      let knock = try lab.knock()
      sender.send(knock)
      try #require(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      sender.send(try lab.knock(action: .close))
      try #require(Shell.wait { (try? lab.isOpen(lab.clientV4)) == false })
      return knock
    }

    /// With either gate stopped the other serves its sources; both together serve all. IPv6 alike.
    @Test func eachServesItsSources() throws {
      let lab = try lab()
      defer { lab.down() }
      #expect(areReady(lab))
      let second = try #require(gates(lab).last).pid
      kill(second, SIGSTOP)
      for (sender, source) in zip(try senders(lab), Self.sources) { sender.send(try lab.knock(source)) }
      try lab.sender(from: lab.clientV6).send(try lab.knock(nil, lab.clientV6))
      #expect(Shell.wait { (lab.status()?.leases ?? 0) > 0 })
      usleep(300_000)
      let ofFirst = try #require(lab.status()?.leases)
      #expect(ofFirst < Self.sources.count, "the rest is the other gate's")
      kill(second, SIGCONT)
      #expect(Shell.wait { lab.status()?.leases == Self.sources.count + 1 }, "\(lab.status()?.leases ?? 0), first \(ofFirst)")
      #expect(try Self.sources.allSatisfy { try lab.isOpen($0) })
      #expect(try lab.isOpen(lab.clientV6))
    }

    /// A knock that was sent again from other sources reaches the other gate, too, whose ring does not know it.
    @Test func aKnockCountsWithOneGateOnly() throws {
      let lab = try lab()
      defer { lab.down() }
      let senders = try senders(lab)
      let knock = try spend(lab, try lab.sender())
      for sender in senders { sender.send(knock) }
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "replay" } })
      #expect(Shell.wait { (lab.status()?.refused(.duplicate) ?? 0) >= Self.sources.count - 1 }, "all but the other gate's first")
      #expect(try !lab.isOpen(lab.clientV4) && lab.auditEvents("grant").count == 1)

      // Neither after the end of the gates.
      let old = gates(lab).map(\.pid)
      for pid in old { kill(pid, SIGKILL) }
      #expect(areReady(lab, after: old))
      for sender in senders { sender.send(knock) }
      #expect(Shell.wait { (lab.status()?.refused(.replay) ?? 0) >= 2 }, "each gate has it in its ring now")
      #expect(try !lab.isOpen(lab.clientV4) && lab.auditEvents("grant").count == 1)
      for (sender, source) in zip(senders, Self.sources) { sender.send(try lab.knock(source)) }
      #expect(Shell.wait { lab.status()?.leases == Self.sources.count }, "fresh ones open")
    }

    /// What one ring knows of the others' knocks is in the keeper's memory: without that the past is fenced off.
    @Test(arguments: [false, true]) func aRestartRaisesTheFence(_ isKilled: Bool) throws {
      let lab = try lab()
      defer { lab.down() }
      let senders = try senders(lab)
      let knock = try spend(lab, try lab.sender())
      isKilled ? lab.killKeeper() : lab.stop()
      try lab.start(newGateway: false)
      #expect(areReady(lab))
      #expect(lab.auditEvents("fence").suffix(2).allSatisfy { $0["ring"] as? String == "fenced-several-gates" })
      for sender in senders { sender.send(knock) }
      // The gate that took it still has it in its ring.
      #expect(
        Shell.wait {
          guard let status = lab.status() else { return false }
          return status.refused(.belowFloor) >= 1 && status.refused(.duplicate) >= Self.sources.count - 2
        })
      #expect(try !lab.isOpen(lab.clientV4))
      #expect(!Shell.wait(seconds: 1) { lab.auditEvents("grant").count > 1 })
      // A client whose clock is ahead is heard before the fifteen seconds are over.
      for (sender, source) in zip(senders, Self.sources) { sender.send(try lab.knock(source, stamp: lab.freshStamp(skew: 14.9))) }
      #expect(Shell.wait { lab.status()?.leases == Self.sources.count }, "\(lab.log)")
    }

    /// From one gate to two and back: what either took is not taken again.
    @Test func theirNumberChanges() throws {
      let lab = try lab(gates: 1)
      defer { lab.down() }
      let senders = try senders(lab)
      var spent: [[UInt8]] = []
      for (old, new) in [(1, 2), (2, 1), (1, 2)] {
        let stamp = lab.freshStamp(skew: 14.9)
        let knock = try lab.knock(stamp: stamp)
        let grants = lab.auditEvents("grant").count
        #expect(
          Shell.wait(seconds: 3) {
            senders[0].send(knock)
            return lab.auditEvents("grant").count == grants + 1
          })
        spent.append(knock)
        try reload(lab, from: old, to: new)
        for knock in spent { for sender in senders { sender.send(knock) } }
        #expect(!Shell.wait(seconds: 1) { lab.auditEvents("grant").count > grants + 1 })
        // The fence of this start ends a second before the next knock's stamp.
        usleep(1_200_000)
      }
    }

    /// Two gates follow two gates under knocks from all sides: whatever was sent is open afterwards, and nothing twice.
    @Test func reloadsLoseNoKnock() throws {
      let lab = try lab()
      defer { lab.down() }
      let stream = KnockStream(lab, lease: 3000, from: Self.sources)
      stream.start()
      defer { stream.stop() }
      for _ in 0..<20 { try reload(lab, from: 2, to: 2) }
      stream.stop()
      let sent = stream.sent
      #expect(sent > 100)
      #expect(Shell.wait(seconds: 10) { (lab.status()?.leases ?? 0) >= sent }, "\(lab.status()?.leases ?? 0) of \(sent)")
      #expect(lab.auditEvents("grant").count == sent && lab.auditEvents("refusal").isEmpty)
      #expect(lab.status()?.restarts == 0 && gates(lab).count == 2)
    }

    /// Groups that change their gates: what one took the other does not take.
    @Test func aKnockCountsOnceOverADealOfTheGroups() throws {
      let lab = try lab()
      defer { lab.down() }
      let senders = try senders(lab)
      let knock = try spend(lab, senders[0])
      try lab.edit("postern.toml") { $0.replacing("groups = [5, 6]", with: "groups = [6, 5]") }
      try reload(lab, from: 2, to: 2)
      for sender in senders { sender.send(knock) }
      #expect(Shell.wait { (lab.status()?.refused(.duplicate) ?? 0) >= Self.sources.count - 2 })
      #expect(try !lab.isOpen(lab.clientV4) && lab.auditEvents("grant").count == 1)
      for (sender, source) in zip(senders, Self.sources) { sender.send(try lab.knock(source)) }
      #expect(Shell.wait { lab.status()?.leases == Self.sources.count }, "no fence: fresh ones open")
    }

    /// Gates of this keeper that are none of these.
    private func others(_ lab: Lab, than known: [Int32]) -> [Int32] {
      let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return processes.compactMap { Int32($0) }.filter { pid in
        guard !known.contains(pid), let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
          return false
        }
        let words = text.split(separator: " ")
        return words.count > 3 && words[1].hasPrefix("(postern-gate") && words[3] == "\(lab.keeperPID)"
      }
    }

    /// Without one of the new gates the other does not begin either, and the old ones go on.
    @Test func anHeirThatDiesEndsTheReload() throws {
      let lab = try lab()
      defer { lab.down() }
      #expect(areReady(lab))
      let old = gates(lab).map(\.pid)
      let refused = { lab.auditEvents("reload-refused").count }
      // The new gates need some milliseconds to load their keys.
      for _ in 0..<50 where refused() == 0 {
        kill(lab.keeperPID, SIGHUP)
        var heirs: [Int32] = []
        _ = Shell.wait(seconds: 2) {
          heirs = others(lab, than: gates(lab).map(\.pid))
          return !heirs.isEmpty
        }
        if let heir = heirs.last { kill(heir, SIGKILL) }
        _ = Shell.wait(seconds: 2) { areReady(lab) && others(lab, than: gates(lab).map(\.pid)).isEmpty }
      }
      #expect(refused() > 0, "no heir was caught while it loaded")
      let now = gates(lab)
      #expect(now.count == 2 && now.allSatisfy { $0.word == "ready" })
      #expect(others(lab, than: now.map(\.pid)).isEmpty, "none is left over, not even as a zombie")
      for (sender, source) in zip(try senders(lab), Self.sources) { sender.send(try lab.knock(source)) }
      #expect(Shell.wait { lab.status()?.leases == Self.sources.count }, "\(old) \(now)")
      try reload(lab, from: 2, to: 2)
    }

    /// A gate that dies takes nothing of the other's along.
    @Test func oneDiesAndTheOtherGoesOn() throws {
      let lab = try lab()
      defer { lab.down() }
      let stream = KnockStream(lab, lease: 3000, from: Self.sources)
      stream.start()
      defer { stream.stop() }
      for place in [0, 1, 0, 1] {
        let old = gates(lab)
        guard old.count == 2 else { continue }
        kill(old[place].pid, SIGKILL)
        // One answer says all: between two, the old gate can be noticed as gone.
        let now = Shell.wait(seconds: 5) {
          let now = gates(lab)
          return now.count == 2 && now[place].word == "ready" && now[place].pid != old[place].pid
        }
        #expect(now && gates(lab)[1 - place].pid == old[1 - place].pid, "the other one is left alone")
      }
      stream.stop()
      // A knock that was in the hands of a gate when it died is lost; its client sends another one.
      #expect(Shell.wait { (lab.status()?.leases ?? 0) >= stream.sent - 8 }, "\(lab.status()?.leases ?? 0) of \(stream.sent)")
      #expect(lab.auditEvents("gate-restart").count == 4 && lab.status()?.restarts == 4)
    }
  }
}
