// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

/// Doors that the first flow takes away, on real packets; and strangers who forge the user's address.
extension SystemSuite {
  @Suite struct OneShotTests {
    struct Road: Sendable, CustomTestStringConvertible {
      var family: AddressFamily
      var gateway: String
      var door: String
      var session: String

      var testDescription: String { "\(family)" }
    }

    static let roads: [Road] = [
      .init(family: .ipv4, gateway: "10.77.0.1", door: "once4", session: "session4"),
      .init(family: .ipv6, gateway: "fd77::1", door: "once6", session: "session6"),
    ]

    /// Forged SYNs from the user's address, each with a port of its own, while the door is open.
    @Test(arguments: roads) func aThousandForgedSYNsTakeNothing(_ road: Road) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let packets = try lab.packets(road.family)
      for port in 0..<1000 as Range<UInt16> {
        packets.sender.send(packets.builder.tcp(from: 20_000 + port, to: 22, flags: .syn, sequence: UInt32(port)))
      }
      #expect(try lab.elements(road.door).count == 1, "the door stands")
      #expect(try lab.elements(road.session).isEmpty)
      let near = try Connection(from: lab.client, to: road.gateway, 22)
      let far = try listener.next()
      #expect(near.reaches(far) && far.reaches(near), "the user is in")
      #expect(try lab.elements(road.door).isEmpty, "the kernel took the door")
      let sessions = try lab.elements(road.session)
      #expect(sessions.count == 1 && sessions.first?.timeout == 3600, "\(sessions)")
      #expect(lab.answer(road.gateway, 22) == .silence, "no second flow")
      #expect(near.reaches(far) && far.reaches(near), "the first goes on")
    }

    /// What a stranger can forge beside a SYN: acknowledgements and resets that belong to no flow, or to a forged one.
    @Test(arguments: roads) func otherForgedSegmentsTakeNothing(_ road: Road) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let packets = try lab.packets(road.family)
      for port in 30_000..<30_050 as Range<UInt16> {
        for flags in [.ack, [.ack, .psh], .rst, [.fin, .ack], .syn, .ack, [.syn, .ack], .rst] as [TCPHeader.Flags] {
          packets.sender.send(packets.builder.tcp(from: port, to: 22, flags: flags, sequence: 7, acknowledgement: 0x5a5a_0000))
        }
      }
      #expect(try lab.elements(road.door).count == 1, "the door stands")
      #expect(try lab.elements(road.session).isEmpty)
      let near = try Connection(from: lab.client, to: road.gateway, 22)
      #expect(near.reaches(try listener.next()), "the user is in")
    }

    /// Many SYNs of the user himself at once: each gets its answer, one acknowledgement takes the door.
    @Test func ofManyFlowsAtOnceOneGetsThrough() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let attempts = (0..<8).map { _ in unsafe support_begin_connect_in("/run/netns/" + lab.client, lab.gatewayV4, 22) }
      defer { for attempt in attempts where attempt >= 0 { close(attempt) } }
      #expect(attempts.allSatisfy { $0 >= 0 })
      _ = try listener.next()
      #expect(throws: Shell.Failure.self) { try listener.next(milliseconds: 1500) }
      #expect(try lab.elements("session4").count == 1)
    }

    /// A door that is not one-shot takes any number of flows, beside one that is.
    @Test func otherDoorsStayOpen() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6, door: "ssh"))
      try #require(Shell.wait { try lab.isOpen(lab.clientV4) && lab.isOpen(lab.clientV6) })
      for address in [lab.gatewayV4, "fd77::1"] {
        for _ in 0..<3 {
          let near = try Connection(from: lab.client, to: address, 22)
          #expect(near.reaches(try listener.next()))
        }
      }
      #expect(try lab.isOpen(lab.clientV4) && lab.isOpen(lab.clientV6))
    }

    /// A full set of sessions costs neither the door nor the user: he comes in when there is room.
    @Test func aFullSetOfSessionsLosesNoDoor() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      let rules = try String(contentsOfFile: Lab.root + "/nft/postern.nft", encoding: .utf8)
      let small = rules.replacingOccurrences(
        of: #"(set session4 \{[^}]*size) 65536"#, with: "$1 1", options: .regularExpression)
      try Shell.must(lab.nft(["delete", "table", "inet", "postern"]))
      try Shell.must(lab.nft(["-f", "-"]), input: small)
      try Shell.must(
        lab.nft(["add", "element", "inet", "postern", "session4", "{ 192.0.2.9 . 1 . tcp . 22 timeout 1h }"]))
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let first = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      #expect(throws: Shell.Failure.self) { try listener.next(milliseconds: 500) }
      #expect(try lab.elements("once4").count == 1, "the door stands")
      try Shell.must(lab.nft(["flush", "set", "inet", "postern", "session4"]))
      let second = try Connection(from: lab.client, to: lab.gatewayV4, 22)
      #expect(second.reaches(try listener.next()), "the user is in")
      withExtendedLifetime(first) {}
    }

    /// Over UDP the knock names the port that the flow will come from.
    @Test func aDatagramDoorIsForOnePort() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let service = try EchoService(in: lab.gateway, 53)
      for (from, to, door, session) in [
        (lab.clientV4, lab.gatewayV4, "exact4", "session4"), (lab.clientV6, "fd77::1", "exact6", "session6"),
      ] {
        let right = try DatagramClient(in: lab.client, from: from, to: to, 53)
        let wrong = try DatagramClient(in: lab.client, from: from, to: to, 53)
        try lab.sender().send(try lab.knock(at: "dns", from, port: right.port))
        try #require(Shell.wait { try lab.elements(door).count == 1 }, "\(lab.audit()) \(lab.log)")
        #expect(!wrong.reaches(service), "another port of the same address")
        #expect(right.reaches(service))
        #expect(try lab.elements(door).isEmpty, "the kernel took the door")
        #expect(try lab.elements(session).count == 1)
        #expect(!wrong.reaches(service) && right.reaches(service), "one flow, and it goes on")
      }
      #expect(!lab.auditEvents("grant").contains { "\($0["notes"] ?? "")".contains("ignored") })
    }

    /// A knock that names no port is of no use at such a door.
    @Test func aDatagramDoorNeedsThePort() throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(at: "dns", lab.clientV4, port: nil))
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "no-family-left" } })
      #expect(try lab.elements("exact4").isEmpty)
    }

    /// Connection tracking forgets a session that has its element; the flow goes on, and nothing else comes in with it.
    @Test(arguments: roads) func aSessionOutlivesConnectionTracking(_ road: Road) throws {
      let lab = try Lab.oneShot()
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try lab.openOnce()
      let near = try Connection(from: lab.client, to: road.gateway, 22)
      let far = try listener.next()
      #expect(near.reaches(far))
      try lab.forgetFlows()
      #expect(near.reaches(far) && far.reaches(near))
      #expect(lab.answer(road.gateway, 22) == .silence)
    }
  }
}

extension Lab {
  /// A lab with the doors `ssh`, `once` (tcp/22) and `dns` (udp/53), the two latter one-shot.
  static func oneShot(_ options: Options = Options(), extra: String = "") throws -> Lab {
    var options = options
    options.doors = ["ssh", "once", "dns"]
    options.extra = """
      [doors.once]
      ports = ["tcp/22"]
      once = true
      lease = "30s"
      [doors.dns]
      ports = ["udp/53"]
      once = true
      lease = "30s"
      \(extra)
      """
    let lab = try Lab(options)
    try Shell.must(lab.nft(["add", "element", "inet", "postern", "guarded", "{ udp . 53 }"]))
    return lab
  }

  /// Knocks for the one-shot door in both families and waits for it.
  func openOnce() throws {
    try sender().send(try knock(clientV4, clientV6, door: "once"))
    guard try Shell.wait(seconds: 5, { try !elements("once4").isEmpty && !elements("once6").isEmpty }) else {
      throw Shell.Failure(description: "the door does not open: \(log) \(audit())")
    }
  }

  /// A knock for one port of the client.
  func knock(at door: String, _ address: String, port: UInt16?) throws -> [UInt8] {
    let port = port.flatMap { Port($0) }
    let request = SPARequest(
      action: .open, door: Name(door), ipv4: IPv4Address(address).map { .named($0, port: port) } ?? .none,
      ipv6: IPv6Address(address).map { .named($0, port: port) } ?? .none, wishedLease: 0, stamp: freshStamp(), totp: nil)
    guard let request else { throw Shell.Failure(description: "not a request") }
    return try encoder.encode(request)
  }

  /// Empties the table of tracked connections, as `conntrack -F` does.
  func forgetFlows() throws {
    guard unsafe support_flush_conntrack_in("/run/netns/" + gateway) == 0 else {
      throw Shell.Failure(description: "conntrack cannot be flushed")
    }
  }
}
