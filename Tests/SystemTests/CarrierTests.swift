// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import PosternWire
import Testing

/// Knocks inside SYNs and echo requests, on real packets; and the same packets from strangers.
extension SystemSuite {
  @Suite struct CarrierTests {
    private static let carriers = ["udp", "tcp-syn", "icmp"]

    @Test(arguments: SilentRuleset.allCases) func theClientOpensByEachCarrierOverBothFamilies(_ ruleset: SilentRuleset) throws {
      let lab = try Lab(ruleset.options)
      defer { lab.down() }
      try lab.start()
      for carrier in Self.carriers {
        for (option, address) in [("-4", lab.clientV4), ("-6", lab.clientV6)] {
          let run = try lab.postern(["knock", "--once", "--carrier", carrier, option])
          #expect(run.status == 0, "\(run.errors)")
          #expect(Shell.wait { (try? lab.isOpen(address)) == true }, "\(carrier) \(option)")
          try lab.close(address)
        }
      }
      #expect(lab.auditEvents("grant").count == 6)
      #expect(lab.status()?.refused.isEmpty == true, "\(lab.status()?.refused ?? [])")
    }

    @Test(arguments: ["tcp-syn", "icmp"]) func connectUsesTheCarrierOfTheProfile(_ carrier: String) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      // Nothing that the client sends by UDP arrives.
      try Shell.must(lab.at(lab.gateway, ["nft", "insert", "rule", "inet", "postern", "knock", "udp", "dport", "62201", "drop"]))
      try lab.edit("client.profile") { $0 + "\ncarrier = \(carrier)\nsyn-port = 22\n" }
      let listener = try lab.listen()
      defer { close(listener) }
      let server = Thread {
        let stream = accept(listener, nil, nil)
        _ = unsafe write(stream, "hello", 5)
        close(stream)
      }
      server.start()
      let run = try lab.postern(["connect", lab.gatewayV4, "22"])
      #expect(run.status == 0 && run.output == "hello", "\(run.errors)")
    }

    /// A copy of a knock is a copy whatever carries it.
    @Test func aKnockOverThreeCarriersIsOneKnock() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let knock = try lab.knock()
      let packets = try lab.packets(.ipv4)
      packets.sender.send(packets.builder.tcp(from: 50_000, to: 443, flags: .syn, payload: knock))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      packets.sender.send(packets.builder.echoRequest(identifier: 7, sequence: 9, payload: knock))
      try lab.sender().send(knock)
      #expect(Shell.wait { lab.status()?.refused(.duplicate) == 2 })
      #expect(lab.auditEvents("grant").count == 1)
    }

    /// What the rules let through to the gate beside the plain forms, and what they do not.
    @Test func optionsAndExtensionHeadersPassAndOtherSegmentsDoNot() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let four = try lab.packets(.ipv4)
      let six = try lab.packets(.ipv6)
      var extended = six.builder
      extended.extensions = [.init(.destinationOptions, body: Array(repeating: 0, count: 14))]
      extended.hopLimit = 9
      let full = [UInt8](repeating: 1, count: 40)
      let open: [(String, Sender, [UInt8])] = [
        (
          "SYN with all options", four.sender,
          four.builder.tcp(from: 9, to: 22, flags: .syn, options: full, payload: try lab.knock())
        ),
        (
          "SYN with congestion flags", four.sender,
          four.builder.tcp(from: 9, to: 443, flags: [.syn, .ece, .cwr], payload: try lab.knock())
        ),
        (
          "SYN behind an extension", six.sender,
          extended.tcp(from: 9, to: 22, flags: .syn, options: full, payload: try lab.knock())
        ),
        ("echo behind an extension", six.sender, extended.echoRequest(identifier: 1, sequence: 1, payload: try lab.knock())),
      ]
      for (name, sender, packet) in open {
        sender.send(packet)
        #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true }, "\(name)")
        try lab.close(lab.clientV4)
      }
      let shut: [(Sender, [UInt8])] = [
        (four.sender, four.builder.tcp(from: 9, to: 22, flags: .ack, payload: try lab.knock())),
        (four.sender, four.builder.tcp(from: 9, to: 22, flags: [.syn, .ack], payload: try lab.knock())),
        (four.sender, four.builder.tcp(from: 9, to: 22, flags: [.syn, .fin], payload: try lab.knock())),
        (four.sender, four.builder.tcp(from: 9, to: 8080, flags: .syn, payload: try lab.knock())),
        (four.sender, four.builder.icmp(type: 0, payload: try lab.knock())),
        (six.sender, six.builder.icmp(type: 129, payload: try lab.knock())),
      ]
      for (sender, packet) in shut { sender.send(packet) }
      try lab.sender().send(try lab.knock(lab.clientV4))
      #expect(Shell.wait { lab.auditEvents("grant").count == open.count + 1 })
      usleep(100_000)
      #expect(lab.auditEvents("grant").count == open.count + 1)
      #expect(lab.status()?.refused.isEmpty == true, "the rules are exact: \(lab.status()?.refused ?? [])")
    }

    /// Connection tracking puts parts together before the rules look; a part alone is nothing.
    @Test func aFragmentedKnockIsWholeOrNothing() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let packets = try lab.packets(.ipv4)
      let whole = packets.builder.echoRequest(identifier: 1, sequence: 1, payload: try lab.knock())
      let parts = try #require(Self.fragments(whole))
      packets.sender.send(parts.0)
      usleep(100_000)
      #expect(try !lab.isOpen(lab.clientV4))
      packets.sender.send(parts.1)
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
    }

    // MARK: Strangers

    /// Pings of a knock's length meet the fate of all others, whether the guard drops them or the host answers.
    @Test(arguments: [true, false]) func pingsOfThatLengthAreNothingSpecial(_ dropsPings: Bool) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      if !dropsPings { try Shell.must(lab.at(lab.gateway, ["nft", "flush", "chain", "inet", "postern", "guard"])) }
      for target in [lab.gatewayV4, "fd77::1"] {
        for size in ["56", "183", "184", "185"] {
          let ping = try Shell.run(
            lab.at(lab.client, ["ping", "-c", "2", "-i", "0.01", "-W", "0.3", "-s", size, "-p", "5a", target]))
          #expect(ping.status == (dropsPings ? 1 : 0), "\(size) bytes to \(target): \(ping)")
        }
      }
      // Two pings a family; a ping of 185 bytes fits into the length that the rules leave for options.
      #expect(Shell.wait { lab.status()?.refused(.wrongTag) == 4 }, "\(lab.status()?.refused ?? [])")
      #expect(lab.status()?.refused(.wrongLength) == 4)
      #expect(try lab.elements("door4").isEmpty)
    }

    struct Scan: Sendable {
      var port: UInt16
      var isOpen: Bool
      /// The flags of the answer.
      var answer: TCPHeader.Flags?
    }

    private static let scans: [Scan] = [
      .init(port: 22, isOpen: true, answer: nil), .init(port: 443, isOpen: true, answer: [.syn, .ack]),
      .init(port: 443, isOpen: false, answer: [.rst, .ack]),
    ]

    /// A SYN with data is answered as the same SYN without, on guarded, open and dead ports; the gate sees junk.
    @Test(arguments: scans) func synsWithDataAreNothingSpecial(_ scan: Scan) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let listener = scan.isOpen ? try lab.listen(port: scan.port) : nil
      defer { if let listener { close(listener) } }
      for family in AddressFamily.allCases {
        let packets = try lab.packets(family)
        let capture = unsafe support_capture_in("/run/netns/" + lab.client)
        defer { close(capture) }
        for (number, count) in [0, 183, 184, 185].enumerated() {
          let port = 50_000 + UInt16(number)
          let junk = [UInt8](repeating: 0x5a, count: count)
          packets.sender.send(packets.builder.tcp(from: port, to: scan.port, flags: .syn, sequence: 1, payload: junk))
          let answer = Self.answer(to: port, capture)
          #expect(answer?.flags == scan.answer, "\(count) bytes")
          // Of dead ports the reset counts data too, as TCP has it; an open port takes none of it.
          if scan.answer == [.syn, .ack] { #expect(answer?.acknowledgement == 2, "\(count) bytes") }
        }
      }
      #expect(Shell.wait { lab.status()?.refused(.wrongTag) == 2 }, "\(lab.status()?.refused ?? [])")
      // 185 bytes over both families, and 183 over IPv6: one rule serves both, whose headers differ.
      #expect(lab.status()?.refused(.wrongLength) == 3, "\(lab.status()?.refused ?? [])")
    }

    /// The first segment to the client's port, within 200 ms.
    private static func answer(to port: UInt16, _ capture: Int32) -> TCPHeader? {
      var found: TCPHeader?
      var buffer = [UInt8](repeating: 0, count: 65536)
      _ = Shell.wait(seconds: 0.2) {
        let count = unsafe Int(support_capture_next(capture, &buffer, buffer.count))
        // An Ethernet header comes first.
        guard count > 14 else { return false }
        Array(buffer[14..<count]).withBytes { bytes in
          guard let view = try? PacketView(bytes), case .tcp(let header) = view.transport, header.destinationPort == port else {
            return
          }
          found = header
        }
        return found != nil
      }
      return found
    }

    // MARK: Rights

    private static let powerless = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"]

    /// In a new namespace no group may have ping sockets.
    @Test(arguments: ["tcp-syn", "icmp"]) func withoutTheRightTheClientSaysSo(_ carrier: String) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let refused = try lab.postern(["knock", "--carrier", carrier], under: Self.powerless)
      #expect(refused.status == 77)
      #expect(refused.errors.contains("postern: the carrier \(carrier) needs CAP_NET_RAW"), "\(refused.errors)")
      #expect(refused.errors.contains("setcap cap_net_raw+ep") && refused.errors.contains("--carrier udp"))
      #expect(!refused.errors.contains("knocked"))
      let udp = try lab.postern(["knock", "--once", "--carrier", "udp"], under: Self.powerless)
      #expect(udp.status == 0, "\(udp.errors)")
    }

    @Test func ordinaryUsersKnockByPingSockets() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try Shell.must(lab.at(lab.client, ["sh", "-c", "echo 0 0 > /proc/sys/net/ipv4/ping_group_range"]))
      for (option, address) in [("-4", lab.clientV4), ("-6", lab.clientV6)] {
        let run = try lab.postern(["knock", "--once", "--carrier", "icmp", option], under: Self.powerless)
        #expect(run.status == 0, "\(run.errors)")
        #expect(Shell.wait { (try? lab.isOpen(address)) == true }, "\(option)")
      }
    }

    /// An IPv4 packet in two parts, the first with 64 bytes of data.
    private static func fragments(_ packet: [UInt8]) -> ([UInt8], [UInt8])? {
      guard packet.count > 84, packet[0] == 0x45 else { return nil }
      func part(_ bytes: ArraySlice<UInt8>, field: UInt16) -> [UInt8] {
        var header = Array(packet.prefix(20))
        let length = 20 + bytes.count
        (header[2], header[3]) = (UInt8(length >> 8), UInt8(length & 255))
        (header[4], header[5]) = (0x12, 0x34)
        (header[6], header[7]) = (UInt8(field >> 8), UInt8(field & 255))
        (header[10], header[11]) = (0, 0)
        var sum = InternetChecksum()
        header.withBytes { sum.add($0) }
        (header[10], header[11]) = (UInt8(sum.field >> 8), UInt8(sum.field & 255))
        return header + bytes
      }
      return (part(packet[20..<84], field: 0x2000), part(packet[84...], field: 64 / 8))
    }
  }
}

extension Lab {
  /// What makes packets from the client to the gateway, and what sends them.
  func packets(_ family: AddressFamily) throws -> (builder: PacketBuilder, sender: Sender) {
    let (source, target) =
      switch family {
      case .ipv4: (clientV4, gatewayV4)
      case .ipv6: (clientV6, "fd77::1")
      }
    guard let from = IPAddress(source), let to = IPAddress(target), let builder = PacketBuilder(from: from, to: to) else {
      throw Shell.Failure(description: "no packets from \(source) to \(target)")
    }
    return (builder, try Sender(namespace: client, packetsTo: target))
  }

  /// Closes by a knock what is open for an address.
  fileprivate func close(_ address: String) throws {
    let isV6 = address.contains(":")
    try sender().send(try knock(isV6 ? nil : address, isV6 ? address : nil, action: .close))
    guard Shell.wait({ (try? isOpen(address)) == false }) else { throw Shell.Failure(description: "\(address) stays open") }
  }
}
