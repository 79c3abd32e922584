// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

/// Sessions that operators cut: with the next packet of either end it is over.
extension SystemSuite {
  @Suite struct CutTests {
    struct Road: Sendable, CustomTestStringConvertible {
      var gateway: String
      var isOnce: Bool
      var serverSpeaks: Bool

      var testDescription: String { "\(gateway)\(isOnce ? " once" : "")\(serverSpeaks ? " talking" : " quiet")" }
    }

    private static let roads: [Road] = ["10.77.0.1", "fd77::1"].flatMap { gateway in
      [false, true].flatMap { once in [false, true].map { Road(gateway: gateway, isOnce: once, serverSpeaks: $0) } }
    }

    @Test(arguments: roads) func aCutStreamIsOverForBoth(_ road: Road) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      if road.isOnce {
        try lab.openOnce()
      } else {
        try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6, door: "ssh"))
        try #require(Shell.wait { try lab.isOpen(lab.clientV4) && lab.isOpen(lab.clientV6) })
      }
      let near = try Connection(from: lab.client, to: road.gateway, 22)
      let far = try listener.next()
      #expect(near.reaches(far) && far.reaches(near))
      let id = try #require(lab.waitForSessions(1).first?["session"] as? String)
      #expect(lab.ask("cut session \(id)")?.last?.contains("true") == true)
      // The very next packet does not come through, whoever sends it.
      let (speaker, hearer) = road.serverSpeaks ? (far, near) : (near, far)
      #expect(!speaker.reaches(hearer, milliseconds: 300), "one packet came through")
      #expect(speaker.isBroken(), "who speaks is reset")
      #expect(!hearer.reaches(speaker, milliseconds: 300))
      #expect(hearer.isBroken())
      #expect(lab.sessions().isEmpty)
      let end = try #require(lab.auditEvents("session-end").first)
      #expect(end["reason"] as? String == "cut" && end["user"] as? String == "alice")
      if road.isOnce { #expect(try lab.elements(road.gateway.contains(":") ? "session6" : "session4").isEmpty) }
    }

    /// A server that sends all the time, as fast as it can: not one byte more than what was on its way.
    @Test func aServerThatKeepsSendingIsCut() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(door: "ssh"))
      try #require(Shell.wait { try lab.isOpen(lab.clientV4) })
      let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      let far = try listener.next()
      let server = Thread { while far.sends() {} }
      server.start()
      #expect(near.takes(bytes: 1 << 20) == 1 << 20)
      _ = try lab.waitForSessions(1)
      let reader = Thread { while near.takes(bytes: 1 << 16) > 0 {} }
      reader.start()
      #expect(lab.ask("cut user alice")?.last?.contains("true") == true)
      #expect(Shell.wait { server.isFinished }, "the server's end is reset")
      _ = near.sends()
      #expect(Shell.wait { reader.isFinished }, "and the client's")
    }

    /// Datagrams know no resets: they stop. Both with the door that stays and with one-shot doors.
    @Test(arguments: ["10.77.0.1", "fd77::1"]) func aCutDatagramFlowStops(_ gateway: String) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      // Connection tracking would forget the flow soon; a cut one it does not.
      try Shell.must(
        lab.at(
          lab.gateway,
          ["sh", "-c", "for t in udp_timeout udp_timeout_stream; do echo 1 >/proc/sys/net/netfilter/nf_conntrack_$t; done"]))
      try lab.start()
      let service = try EchoService(in: lab.gateway, 53)
      let address = gateway.contains(":") ? lab.clientV6 : lab.clientV4
      let client = try DatagramClient(in: lab.client, from: address, to: gateway, 53)
      try lab.sender().send(try lab.knock(at: "dns", address, port: client.port))
      #expect(Shell.wait { client.reaches(service) })
      _ = try lab.waitForSessions(1)
      // A datagram that waits for its answer, so that the server speaks first after the cut.
      client.send()
      usleep(50_000)
      #expect(lab.ask("cut user alice")?.last?.contains("true") == true)
      #expect(service.answer(), "it had come before the cut")
      #expect(!client.hears(), "the server's next datagram does not pass")
      #expect(!client.reaches(service), "nor does the client's")
      sleep(2)
      #expect(!client.reaches(service), "nor later")
      // Who is let in again comes in again, with the same port.
      try lab.sender().send(try lab.knock(at: "dns", address, port: client.port))
      #expect(Shell.wait { client.reaches(service) }, "\(lab.audit())")
    }

    /// Two users behind one address: cutting one leaves the other, and his door.
    @Test func theNeighbourBehindTheSameAddressStays() throws {
      let bob = try Neighbour()
      let lab = try Lab.oneShot(extra: try bob.configuration)
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(door: "ssh"))
      try #require(Shell.wait { lab.leases().count == 1 })
      let mine = (try Connection(from: lab.client, to: lab.gatewayV4, 22), try listener.next())
      _ = try lab.waitForSessions(1)
      try lab.sender().send(try bob.knock(lab))
      try #require(Shell.wait { lab.leases().count == 2 })
      // His lease is the longer one: what comes in now is his.
      let his = (try Connection(from: lab.client, to: lab.gatewayV4, 22), try listener.next())
      let sessions = try lab.waitForSessions(2)
      #expect(Set(sessions.compactMap { $0["user"] as? String }) == ["alice", "bob"], "\(sessions)")
      #expect(lab.ask("cut user alice")?.last?.contains("true") == true)
      #expect(!mine.0.reaches(mine.1, milliseconds: 300))
      #expect(his.0.reaches(his.1) && his.1.reaches(his.0))
      #expect(lab.sessions().compactMap { $0["user"] as? String } == ["bob"])
      #expect(try lab.isOpen(lab.clientV4))
    }

    /// The operator's own command, by user, lease and session.
    @Test func posternctlRevokesAndCuts() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      for kind in ["user", "lease", "session"] {
        try lab.sender().send(try lab.knock(door: "ssh"))
        try #require(Shell.wait { lab.leases().count == 1 })
        let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
        let far = try listener.next()
        let session = try #require(lab.waitForSessions(1).first)
        let word = kind == "user" ? "alice" : try #require(session[kind] as? String)
        if kind == "session" { #expect(try lab.posternctl(["revoke", word]).status == 64) }
        let run = try lab.posternctl(["revoke", word, "--cut"])
        #expect(run.status == 0 && run.output.contains("1 sessions cut"), "\(run)")
        #expect(!far.reaches(near, milliseconds: 300) && !near.reaches(far, milliseconds: 300))
        // A session alone is cut; otherwise nobody comes in again.
        #expect(lab.leases().count == (kind == "session" ? 1 : 0))
        #expect(lab.auditEvents("session-end").last?["operator"] != nil, "\(lab.auditEvents("session-end"))")
      }
      #expect(try lab.posternctl(["revoke", "0000000000000001", "--cut"]).status == 65)
      #expect(try lab.posternctl(["revoke", "00000001", "--cut"]).status == 65)
      #expect(try lab.posternctl(["revoke", "nobody", "--cut"]).status == 67)
    }

    /// A closed lease alone cuts nothing.
    @Test func withoutACutSessionsLiveOn() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(door: "ssh"))
      try #require(Shell.wait { lab.leases().count == 1 })
      let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      let far = try listener.next()
      let lease = try #require(lab.leases().first?["lease"] as? String)
      #expect(lab.ask("close \(lease)")?.last?.contains("true") == true)
      #expect(lab.answer(lab.gatewayV4, 22) == .silence)
      #expect(near.reaches(far) && far.reaches(near))
      #expect(lab.ask("cut lease \(lease)")?.last?.contains("true") == true)
      #expect(!near.reaches(far, milliseconds: 300))
    }

    /// The end of a user's time ends his sessions where the configuration says so.
    @Test(arguments: [true, false]) func theEndOfAUsersTime(_ cuts: Bool) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      let end = Date().addingTimeInterval(6)
      let text = ISO8601DateFormatter().string(from: end)
      try lab.edit("postern.toml") {
        $0.replacingOccurrences(
          of: "[users.alice]\n", with: "[users.alice]\nnot-after = \"\(text)\"\n\(cuts ? "cut-at-end = true\n" : "")")
      }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(door: "ssh"))
      try #require(Shell.wait { lab.leases().count == 1 }, "\(lab.audit())")
      let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      let far = try listener.next()
      _ = try lab.waitForSessions(1)
      #expect(near.reaches(far))
      _ = Shell.wait(seconds: max(0, end.timeIntervalSinceNow) + 2.5) { lab.sessions().isEmpty }
      #expect(near.reaches(far, milliseconds: 500) == !cuts)
      #expect(lab.sessions().isEmpty == cuts)
    }
  }
}

/// Somebody else behind the client's address: bob, whose device is `desk`.
private struct Neighbour {
  private let key: Bytes32

  init() throws { key = try Randomness.bytes32() }

  var configuration: String {
    get throws {
      """
      [users.bob]
      doors = ["ssh"]
      [users.bob.keys.desk]
      public = "\(Base64.encode(try X25519PrivateKey(key).publicKey.array))"
      psk-none = true
      """
    }
  }

  /// A knock for the client's address, and a longer lease than the door's own.
  func knock(_ lab: Lab) throws -> [UInt8] {
    let profile = SPAProfile(
      clientPrivateKey: key, presharedKey: .zero, gatewayPublicKey: lab.profile.gatewayPublicKey,
      admission: lab.profile.admission)
    let request = SPARequest(
      action: .open, door: Name("ssh"), ipv4: IPv4Address(lab.clientV4).map { .named($0, port: nil) } ?? .none, ipv6: .none,
      wishedLease: 300, stamp: lab.freshStamp(), totp: nil)
    guard let request else { throw Shell.Failure(description: "not a request") }
    return try SPAEncoder(profile).encode(request)
  }
}
