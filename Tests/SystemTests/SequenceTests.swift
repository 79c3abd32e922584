// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import PosternWire
import Testing

/// Sequences of packets, sent by Debian's `knock`, through `examples/sequences.nft` and with the configuration that its head describes.
extension SystemSuite {
  @Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/knock"), "no /usr/bin/knock: install knockd"))
  struct SequenceTests {
    private static let rules = "examples/sequences.nft"

    /// What the head of the rules says, with a door called front.
    private static func head() throws -> String {
      try String(contentsOfFile: Lab.root + "/nft/" + rules, encoding: .utf8).split(separator: "\n").prefix { $0.hasPrefix("#") }
        .filter { $0.hasPrefix("#   ") }.filter { !$0.hasPrefix("#     ") }.map { $0.dropFirst(4) }.joined(separator: "\n")
        .replacing("doors.ssh", with: "doors.front").replacing("[\"ssh\"]", with: "[\"front\"]")
    }

    private func lab(_ more: String = "", doors: [String] = ["front"]) throws -> Lab {
      var options = Lab.Options()
      options.rules = ["postern.nft", Self.rules]
      options.extra = try Self.head().replacing("[\"front\"]", with: "\(doors)\ndefault = \"front\"") + "\n" + more
      let lab = try Lab(options)
      do { try lab.start() } catch {
        lab.down()
        throw error
      }
      return lab
    }

    private func knock(_ lab: Lab, _ words: String...) throws {
      try Shell.must(lab.at(lab.client, ["/usr/bin/knock", "-d", "20"] + words))
    }

    private func expectOpen(_ lab: Lab, _ address: String, _ why: Comment) {
      #expect(Shell.wait { (try? lab.isOpen(address)) == true }, why)
    }

    @Test(arguments: [("10.77.0.1", "10.77.0.2", "-4"), ("fd77::1", "fd77::2", "-6")])
    func theClassicClientOpensADoor(_ gateway: String, _ client: String, _ family: String) throws {
      let lab = try lab()
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      #expect(!lab.connects(gateway))
      try knock(lab, family, gateway, "7000", "9000", "8000:udp")
      try knock(lab, family, gateway, "8000:udp", "7000", "9000")
      try knock(lab, family, gateway, "7000:udp", "8000:udp", "9000:udp")
      usleep(200_000)
      #expect(!lab.connects(gateway), "another order, other transports")
      try knock(lab, family, gateway, "7000", "8000:udp", "9000")
      expectOpen(lab, client, "tcp and udp mixed")
      #expect(lab.connects(gateway))
      let grant = try #require(lab.auditEvents("grant").last)
      #expect(grant["user"] as? String == "anyone" && grant["key"] as? String == "front" && grant["door"] as? String == "front")
      try Shell.must(lab.nft(["flush", "set", "inet", "postern", client.contains(":") ? "door6" : "door4"]))
      try knock(lab, family, gateway, "200", "80", "22", "53", "3")
      expectOpen(lab, client, "a code of cd00r")
      #expect(lab.auditEvents("grant").last?["key"] as? String == "back")
    }

    /// ABA opens, ABB closes, BAA bans.
    @Test func oneSequenceOpensAnotherClosesAThirdBans() throws {
      let lab = try lab(
        """
        [users.anyone.keys.open]
        protocol = "knockd"
        sequence = ["tcp/7000", "tcp/9000", "tcp/7000"]
        [users.anyone.keys.close]
        protocol = "knockd"
        sequence = ["tcp/7000", "tcp/9000", "tcp/9000"]
        does = "close"
        [users.anyone.keys.ban]
        protocol = "knockd"
        sequence = ["tcp/9000", "tcp/7000", "tcp/7000"]
        door = "out"
        does = "ban"
        [doors.out]
        set4 = "ban4"
        set6 = "ban6"
        ports = ["tcp/1-65535"]
        bans = true
        lease = "5s"
        packet-source = true
        weakest = "plain"
        allow-weak = "an observer can repeat these knocks"
        """, doors: ["front", "out"])
      defer { lab.down() }
      for _ in 0..<3 {
        try knock(lab, lab.gatewayV4, "7000", "9000", "7000")
        expectOpen(lab, lab.clientV4, "ABA")
        try knock(lab, lab.gatewayV4, "7000", "9000", "9000")
        #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == false }, "ABB")
      }
      // Who holds a lease is not banned; afterwards he is, and the kernel ends it.
      func isBanned() -> Bool {
        (try? Shell.must(lab.nft(["list", "set", "inet", "postern", "ban4"])))?.contains(lab.clientV4) == true
      }
      try knock(lab, lab.gatewayV4, "7000", "9000", "7000")
      expectOpen(lab, lab.clientV4, "ABA")
      try knock(lab, lab.gatewayV4, "9000", "7000", "7000")
      #expect(Shell.wait { lab.auditEvents("refusal").last?["reason"] as? String == "lease-holder" })
      try knock(lab, lab.gatewayV4, "7000", "9000", "9000")
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == false } && !isBanned())
      try knock(lab, lab.gatewayV4, "9000", "7000", "7000")
      #expect(Shell.wait { isBanned() }, "BAA")
      // The ban keeps flows out, not knocks.
      let listener = try lab.listen()
      defer { close(listener) }
      try knock(lab, lab.gatewayV4, "7000", "9000", "7000")
      expectOpen(lab, lab.clientV4, "a lease beside a ban")
      #expect(isBanned() && !lab.connects(lab.gatewayV4))
      #expect(Shell.wait(seconds: 10) { !isBanned() } && lab.connects(lab.gatewayV4))
    }

    @Test func onlyListedPacketsReachTheGate() throws {
      let lab = try lab()
      defer { lab.down() }
      func seen() -> Int { lab.status()?.counter("packets") ?? 0 }
      try knock(lab, lab.gatewayV4, "7000")
      #expect(Shell.wait { seen() == 1 })
      try knock(lab, lab.gatewayV4, "7001", "7002", "7000:udp", "9000:udp", "8000")
      try knock(lab, lab.gatewayV4, "9000")
      #expect(Shell.wait { seen() == 2 })
      usleep(200_000)
      #expect(seen() == 2, "the kernel passes over ports of no sequence")
    }

    /// Used lines of a list stay used when gate and keeper are killed.
    @Test func aLineOpensOnceOverRestarts() throws {
      let lab = try lab(
        """
        [users.anyone.keys.list]
        protocol = "knockd"
        one-time = ["tcp/7000,tcp/9000,udp/8000", "tcp/9000,tcp/9000", "udp/8000,tcp/9000"]
        """)
      defer { lab.down() }
      func expectClosed(_ words: [String], _ why: Comment) throws {
        try Shell.must(lab.at(lab.client, ["/usr/bin/knock", "-d", "20", lab.gatewayV4] + words))
        usleep(300_000)
        #expect(try !lab.isOpen(lab.clientV4), why)
      }
      func expectOnce(_ words: [String], _ why: Comment) throws {
        try Shell.must(lab.at(lab.client, ["/usr/bin/knock", "-d", "20", lab.gatewayV4] + words))
        expectOpen(lab, lab.clientV4, why)
        try Shell.must(lab.nft(["flush", "set", "inet", "postern", "door4"]))
        try expectClosed(words, "used")
      }
      try expectOnce(["7000", "9000", "8000:udp"], "the first line")
      let gate = try #require(lab.status()?.gatePID)
      lab.killGate()
      #expect(lab.hasNewGate(after: gate, seconds: 20))
      try expectClosed(["7000", "9000", "8000:udp"], "another gate knows as well")
      try expectOnce(["9000", "9000"], "the second line")
      lab.killKeeper()
      try lab.start(newGateway: false)
      try expectClosed(["9000", "9000"], "another keeper's gate knows as well")
      try expectOnce(["8000:udp", "9000"], "the third line")
    }

    /// First steps of a million forged sources.
    private final class Flood: Sendable {
      private let sender: Sender

      init(_ lab: Lab) throws { sender = try Sender(namespace: lab.client, packetsTo: lab.gatewayV4) }

      /// UDP without a checksum, so that only the source changes; the kernel writes that of the IP header.
      func run(_ sources: Range<UInt32>) {
        guard let from = IPAddress("11.0.0.0"), let to = IPAddress("10.77.0.1"), var builder = PacketBuilder(from: from, to: to)
        else {
          return
        }
        builder.checksum = .zero
        var packet = builder.udp(from: 40_000, to: 8000, payload: [0])
        for source in sources {
          packet[13] = UInt8(truncatingIfNeeded: source >> 16)
          packet[14] = UInt8(truncatingIfNeeded: source >> 8)
          packet[15] = UInt8(truncatingIfNeeded: source)
          sender.send(packet)
        }
      }
    }

    @Test func aFloodOfFirstStepsKeepsNobodyOut() throws {
      let lab = try lab(
        """
        [users.anyone.keys.flooded]
        protocol = "knockd"
        sequence = ["udp/8000", "tcp/7000", "tcp/9000"]
        """)
      defer { lab.down() }
      func handled() -> Int {
        lab.status().map { $0.counter("steps") + $0.refused(.outOfSequence) + $0.counter("lost-by-sequence") } ?? 0
      }
      let flood = try Flood(lab)
      flood.run(0..<100_000)
      #expect(Shell.wait(seconds: 30) { handled() >= 100_000 })
      let gate = try #require(lab.status()?.gatePID)
      let before = Lab.resident(gate)
      let running = Thread { flood.run(100_000..<1_100_000) }
      running.start()
      usleep(200_000)
      // A packet of the knock may be lost among those of the flood: then he knocks again, as users do.
      let tries = (1...5).first { _ in
        try? knock(lab, lab.gatewayV4, "8000:udp", "7000", "9000")
        return Shell.wait(seconds: 0.5) { (try? lab.isOpen(lab.clientV4)) == true }
      }
      #expect(!running.isFinished && tries != nil, "he gets in while the flood goes on")
      #expect(Shell.wait(seconds: 60) { running.isFinished && handled() >= 1_100_000 })
      #expect((lab.status()?.counter("steps") ?? 0) > 500_000, "the flood was real")
      let after = Lab.resident(gate)
      #expect(after - before < 1024, "\(before) KiB before, \(after) KiB after")
      #expect(lab.status()?.gatePID == gate)
    }
  }
}
