// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct DoormanReaderTests {
  struct Code: Decodable, Sendable {
    let port: UInt16
    let group: String
    let tag: String
    let secret: String
    let digest: String
    let payload: String
  }

  static let now = Timestamp(seconds: 1_800_000_000)
  static let secret = Array("opensesame".utf8)

  static func guest(
    _ group: String = "foo", secret: [UInt8] = secret, ports: [UInt16] = [22, 80], networks: [String] = ["192.0.2.0/24"],
    at port: UInt16 = 1033
  ) throws -> DoormanCredential {
    DoormanCredential(
      port: try #require(Port(port)), group: group, secret: secret, ports: ports.compactMap { Port($0) },
      networks: networks.compactMap { AddressPrefix($0) })
  }

  private func reader(_ guests: [DoormanCredential]) throws -> DoormanReader {
    try DoormanReader(guests.enumerated().map { Registered(KeyIndex($0), $1) })
  }

  private func read(_ packet: [UInt8], _ reader: borrowing DoormanReader) throws -> Reading {
    try packet.withBytes { packet throws -> Reading in reader.read(try PacketView(packet), at: Self.now) }
  }

  private func datagram(_ port: UInt16 = 22, group: String = "foo", tag: UInt32 = 19_962_503) throws -> [UInt8] {
    let port = try #require(Port(port))
    return try #require(Self.secret.withBytes { DoormanEncoder.datagram(asking: port, group: group, secret: $0, tag: tag) })
  }

  /// Datagrams of the original's client, and others by its formula.
  @Test func codes() throws {
    let codes = try LegacyCases.load("doorman/mac.json", as: Code.self)
    #expect(codes.count == 6)
    for code in codes {
      let secret = Array(code.secret.utf8)
      let port = try #require(Port(code.port))
      let tag = try #require(UInt32(code.tag))
      let made = secret.withBytes { DoormanEncoder.datagram(asking: port, group: code.group, secret: $0, tag: tag) }
      #expect(made == Array(code.payload.utf8), "\(code.payload)")
      let reader = try reader([try Self.guest(code.group, secret: secret, ports: [code.port])])
      let reading = try read(try Packets.udp(Array(code.payload.utf8), to: 1033), reader)
      #expect(reading.knock?.wish == .services([Service(.tcp, port)]), "\(code.payload)")
    }
  }

  @Test func aKnockSaysWhoWhatAndWhence() throws {
    let reader = try reader([try Self.guest("bar"), try Self.guest()])
    let knock = try #require(try read(try Packets.udp(try datagram(), to: 1033), reader).knock)
    #expect(knock.key == KeyIndex(1) && knock.knockProtocol == .doorman && knock.strength == .keyed && knock.stamp == Self.now)
    #expect(knock.ipv4 == .packetSource(port: nil) && knock.ipv6 == .none && knock.flaw == nil && knock.action == .open)
  }

  /// The identity is that of the port, group and tag: it holds for another source, another letter case and a newline.
  @Test func copiesHaveOneIdentity() throws {
    let reader = try reader([try Self.guest(networks: [])])
    let datagram = try datagram()
    let loud = datagram.dropLast(32) + String(decoding: datagram.suffix(32), as: UTF8.self).uppercased().utf8
    let packets = [
      try Packets.udp(datagram, to: 1033), try Packets.udp(datagram, to: 1033, from: "198.51.100.9"),
      try Packets.udp(Array(loud), to: 1033), try Packets.udp(datagram + [10], to: 1033),
      try Packets.udp(datagram, to: 1033, from: "2001:db8::7"),
    ]
    #expect(Set(try packets.map { try #require(try read($0, reader).knock).id }).count == 1)
    let others = try [try self.datagram(tag: 1), try self.datagram(80)].map { try Packets.udp($0, to: 1033) }
    #expect(Set(try (packets + others).map { try #require(try read($0, reader).knock).id }).count == 3)
  }

  /// Refused, but spent: the knock is worth as much as one that the list permits.
  @Test(arguments: [
    ("port that the list has not", UInt16(443), Packets.client, Denial.serviceNotServed),
    ("network that the list has not", 22, "198.51.100.9", .sourceNotPermitted),
    ("other family", 22, "2001:db8::7", .sourceNotPermitted),
  ])
  func whatTheListDoesNotPermit(_ name: String, _ port: UInt16, _ source: String, _ denial: Denial) throws {
    let reader = try reader([try Self.guest()])
    let reading = try read(try Packets.udp(try datagram(port), to: 1033, from: source), reader)
    #expect(reading.knock?.flaw == denial, "\(name)")
  }

  @Test func otherPortsAndCarriersAreNotRead() throws {
    let reader = try reader([try Self.guest(), try Self.guest("bar", at: 1001)])
    let datagram = try datagram()
    #expect(try read(try Packets.udp(datagram, to: 1034), reader) == .refused(.wrongTransport))
    #expect(try read(try Packets.udp(datagram, to: 1001), reader) == .refused(.unknownKey), "another group's port")
    let builder = try Packets.builder()
    #expect(try read(builder.tcp(from: 1, to: 1033, flags: .syn, payload: datagram), reader) == .refused(.wrongTransport))
    #expect(try read(builder.echoRequest(identifier: 1, sequence: 1, payload: datagram), reader) == .refused(.wrongTransport))
    var optioned = builder
    optioned.options = [0x94, 0x04, 0, 0]
    #expect(try read(optioned.udp(from: 1, to: 1033, payload: datagram), reader) == .refused(.malformedHeaders))
    #expect(try read(try Packets.udp(datagram, to: 1033), reader).knock != nil)
  }

  @Test func everyTruncationIsRefused() throws {
    let reader = try reader([try Self.guest()])
    let datagram = try datagram()
    for count in 0..<datagram.count {
      let reading = try read(try Packets.udp(Array(datagram.prefix(count)), to: 1033), reader)
      let isOutside = !DoormanPacket.lengths.contains(count)
      #expect(reading == .refused(isOutside ? .wrongLength : .wrongTag), "\(count) bytes")
    }
    #expect(try read(try Packets.udp(datagram, to: 1033), reader).knock != nil)
    #expect(try read(try Packets.udp(datagram + [0], to: 1033), reader).knock == nil)
  }

  /// A digest in other letters is the same digest; nothing else of the datagram can change.
  @Test func everyFlippedBitIsRefused() throws {
    let reader = try reader([try Self.guest()])
    let datagram = try datagram()
    let knock = try #require(try read(try Packets.udp(datagram, to: 1033), reader).knock)
    for bit in 0..<datagram.count * 8 {
      let changed = Packets.flipped(datagram, bit)
      let reading = try read(try Packets.udp(changed, to: 1033), reader)
      let isLetter = bit / 8 >= datagram.count - 32 && bit % 8 == 5 && (97...102).contains(datagram[bit / 8])
      #expect(isLetter ? reading == .knock(knock) : reading.knock == nil, "bit \(bit)")
    }
  }

  @Test func everyFlippedBitOfThePacketIsRefused() throws {
    let reader = try reader([try Self.guest()])
    let packet = try Packets.udp(try datagram(), to: 1033)
    #expect(try read(packet, reader).knock != nil)
    for bit in 0..<packet.count * 8 {
      let reading = try? read(Packets.flipped(packet, bit), reader)
      #expect(reading?.knock == nil, "bit \(bit)")
    }
  }

  @Test func longestAndShortest() throws {
    let group = "abcdefghijklmnopqrstuvwxyz012345"
    let reader = try reader([try Self.guest(group, ports: [65534]), try Self.guest("a", ports: [1])])
    for datagram in [try datagram(65534, group: group, tag: .max), try datagram(1, group: "a", tag: 0)] {
      #expect(DoormanPacket.lengths.contains(datagram.count + 1))
      #expect(try read(try Packets.udp(datagram + [10], to: 1033), reader).knock?.flaw == nil)
      #expect(try read(try Packets.udp(datagram, to: 1033), reader).knock != nil)
    }
  }

  @Test(arguments: ["", "two words", "abcdefghijklmnopqrstuvwxyz0123456", "tab\t", "ä"])
  func groupsThatStandInNoDatagram(_ group: String) throws {
    let port = try #require(Port(22))
    #expect(Self.secret.withBytes { DoormanEncoder.datagram(asking: port, group: group, secret: $0, tag: 1) } == nil)
  }

  @Test func aStepIsOneDatagramWithoutAPause() throws {
    let port = try #require(Port(22))
    let gateway = try #require(Port(1033))
    let steps = Self.secret.withBytes {
      DoormanEncoder.steps(asking: port, group: "foo", secret: $0, tag: 19_962_503, at: gateway)
    }
    #expect(steps == [.udp(1033, Array("22 foo 0019962503 685d27d9222e7460cb940b133bb48e75".utf8))])
  }
}
