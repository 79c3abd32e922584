// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct PacketViewTests {
  /// What a packet reads as, owned, so that expectations can compare it.
  private struct Read: Equatable {
    var network: NetworkHeader
    var networkOptions: [UInt8]
    var transport: TransportHeader
    var transportOptions: [UInt8]
    var payload: [UInt8]
  }

  /// One change to a good packet and what becomes of it.
  struct Edit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let expected: PacketFlaw?
    let bytes: [Int: UInt8]

    init(_ name: String, _ expected: PacketFlaw?, _ bytes: [Int: UInt8]) {
      testDescription = name
      self.expected = expected
      self.bytes = bytes
    }

    func apply(to packet: [UInt8]) -> [UInt8] {
      var packet = packet
      for (offset, byte) in bytes { packet[offset] = byte }
      return packet
    }
  }

  private static func documentation(_ low: UInt64) -> IPv6Address { IPv6Address(high: 0x2001_0db8_0000_0000, low: low) }

  private func read(_ packet: [UInt8]) throws(PacketFlaw) -> Read {
    try packet.withBytes { (bytes) throws(PacketFlaw) in
      let view = try PacketView(bytes)
      return Read(
        network: view.network, networkOptions: view.networkOptions.copied(), transport: view.transport,
        transportOptions: view.transportOptions.copied(), payload: view.payload.copied())
    }
  }

  private func flaw(_ packet: [UInt8]) -> PacketFlaw? {
    do {
      _ = try read(packet)
      return nil
    } catch {
      return error
    }
  }

  private static let v4 = PacketBuilder(from: .v4(IPv4Address(0xc000_0207)), to: .v4(IPv4Address(0xc633_6401)))!
  private static let v6 = PacketBuilder(from: .v6(documentation(7)), to: .v6(documentation(1)))!
  private static let payload = Array("a knock of some bytes".utf8)

  /// `packet` with its IPv4 header checksum made right again.
  private func mended(_ packet: [UInt8]) -> [UInt8] {
    var packet = packet
    packet[10] = 0
    packet[11] = 0
    var sum = InternetChecksum()
    Array(packet.prefix(Int(packet[0] & 15) * 4)).withBytes { sum.add($0) }
    packet[10] = UInt8(sum.field >> 8)
    packet[11] = UInt8(sum.field & 255)
    return packet
  }

  private func edited(_ packet: [UInt8], _ edit: (inout [UInt8]) -> Void) -> [UInt8] {
    var packet = packet
    edit(&packet)
    return packet
  }

  // MARK: what is read

  /// Bytes that another program made: an echo request and a UDP datagram, both between loopback addresses.
  @Test func foreignBytes() throws {
    let ping = try #require(Hex.decode("450000241234400040012aa37f0000017f0000010800ebed000100010001020304050607"))
    #expect(try read(ping).payload == [0, 1, 2, 3, 4, 5, 6, 7])
    let one = "00000000000000000000000000000001"
    let udp = try #require(Hex.decode("6000000000091140" + one + one + "3039f2fd00099ba341"))
    let good = try read(udp)
    #expect(good.transport.sourcePort == 12345 && good.transport.destinationPort == 62205 && good.payload == [0x41])
  }

  @Test func udpOverIPv4() throws {
    var builder = Self.v4
    builder.hopLimit = 7
    builder.identification = 0xbeef
    let good = try read(builder.udp(from: 4000, to: 62201, payload: Self.payload))
    guard case .v4(let ip) = good.network, case .udp(let udp) = good.transport else {
      Issue.record("wrong headers")
      return
    }
    #expect(ip.source.description == "192.0.2.7" && ip.destination.description == "198.51.100.1")
    #expect(ip.timeToLive == 7 && ip.identification == 0xbeef && ip.totalLength == 28 + Self.payload.count)
    #expect(udp.sourcePort == 4000 && udp.destinationPort == 62201)
    #expect(good.payload == Self.payload)
    #expect(good.networkOptions.isEmpty && good.transportOptions.isEmpty)
  }

  @Test func tcpOverIPv6() throws {
    let packet = Self.v6.tcp(
      from: 4000, to: 443, flags: [.syn, .ece], sequence: 0x0102_0304, acknowledgement: 5, window: 600, urgentPointer: 9,
      options: [2, 4, 5, 0xb4, 1], payload: Self.payload)
    let good = try read(packet)
    guard case .v6(let ip) = good.network, case .tcp(let tcp) = good.transport else {
      Issue.record("wrong headers")
      return
    }
    #expect(ip.source.description == "2001:db8::7" && ip.destination.description == "2001:db8::1" && ip.hopLimit == 64)
    #expect(tcp.flags == [.syn, .ece] && tcp.sequence == 0x0102_0304 && tcp.acknowledgement == 5)
    #expect(tcp.window == 600 && tcp.urgentPointer == 9)
    #expect(good.transportOptions == [2, 4, 5, 0xb4, 1, 0, 0, 0] && good.payload == Self.payload)
  }

  @Test(arguments: [(v4, 8), (v6, 128)] as [(PacketBuilder, UInt8)])
  func echoRequest(_ builder: PacketBuilder, _ type: UInt8) throws {
    let good = try read(builder.echoRequest(identifier: 77, sequence: 3, payload: Self.payload))
    guard case .icmp(let icmp) = good.transport else {
      Issue.record("not icmp")
      return
    }
    #expect(icmp.type == type && icmp.code == 0 && icmp.identifier == 77 && icmp.sequence == 3)
    #expect(good.payload == Self.payload && good.transport.sourcePort == 0)
  }

  @Test func ipv4Options() throws {
    var builder = Self.v4
    builder.options = [0x94, 4, 0, 0, 1]
    let good = try read(builder.udp(from: 1, to: 2, payload: Self.payload))
    #expect(good.networkOptions == [0x94, 4, 0, 0, 1, 0, 0, 0] && good.payload == Self.payload)
  }

  @Test(arguments: [0, 1, 2, 7, 8, 9, 183, 184, 185, 1471])
  func paddingOfTheLinkIsCut(_ count: Int) throws {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for builder in [Self.v4, Self.v6] {
      let padding: [UInt8] = [9, 9, 9, 9, 9]
      #expect(try read(builder.udp(from: 1, to: 2, payload: payload) + padding).payload == payload)
      #expect(try read(builder.tcp(from: 1, to: 2, flags: .syn, payload: payload) + padding).payload == payload)
      #expect(try read(builder.echoRequest(identifier: 1, sequence: 2, payload: payload) + padding).payload == payload)
    }
  }

  @Test func theLargestPackets() throws {
    #expect(try read(Self.v4.udp(from: 1, to: 2, payload: [UInt8](repeating: 0xff, count: 65535 - 28))).payload.count == 65507)
    #expect(try read(Self.v6.udp(from: 1, to: 2, payload: [UInt8](repeating: 0xff, count: 65535 - 8))).payload.count == 65527)
    // a jumbogram (RFC 2675) says zero in both lengths
    let jumbo = edited(Self.v6.udp(from: 1, to: 2, payload: [UInt8](repeating: 1, count: 70000))) {
      $0[4] = 0; $0[5] = 0
    }
    #expect(flaw(jumbo) == .malformed)
  }

  // MARK: IPv6 extension headers

  @Test func extensionChains() throws {
    var builder = Self.v6
    builder.extensions = [
      .init(.hopByHop), .init(.destinationOptions, body: [1, 9, 0, 0, 0, 0, 0, 0]), .init(.routing, body: [4, 0]),
    ]
    let good = try read(builder.udp(from: 1, to: 2, payload: Self.payload))
    #expect(good.networkOptions.count == 8 + 16 + 8 && good.payload == Self.payload)
  }

  @Test(arguments: [(8, nil), (9, .malformed)] as [(Int, PacketFlaw?)])
  func extensionCount(_ count: Int, _ expected: PacketFlaw?) {
    var builder = Self.v6
    builder.extensions = Array(repeating: .init(.destinationOptions), count: count)
    #expect(flaw(builder.udp(from: 1, to: 2, payload: Self.payload)) == expected)
  }

  private static let refusedChains: [(chain: [PacketBuilder.Extension], flaw: PacketFlaw)] = [
    ([.init(.fragment)], .fragment),
    ([.init(.hopByHop), .init(.fragment)], .fragment),
    ([.init(.authentication, body: [UInt8](repeating: 0, count: 14))], .transport),
    ([.init(.destinationOptions), .init(.hopByHop)], .malformed),
    ([.init(.hopByHop), .init(.hopByHop)], .malformed),
    ([.init(.routing, body: [4, 1])], .malformed),
  ]

  @Test(arguments: refusedChains)
  func extensionsRefused(_ extensions: [PacketBuilder.Extension], _ expected: PacketFlaw) {
    var builder = Self.v6
    builder.extensions = extensions
    #expect(flaw(builder.udp(from: 1, to: 2, payload: Self.payload)) == expected)
  }

  @Test func extensionLongerThanThePacket() {
    var builder = Self.v6
    builder.extensions = [.init(.destinationOptions)]
    #expect(flaw(edited(builder.udp(from: 1, to: 2, payload: Self.payload)) { $0[41] = 200 }) == .malformed)
  }

  // MARK: lengths and fragments

  /// Total length 49 at byte 3, UDP length 29 at byte 25.
  private static let ipv4Edits = [
    Edit("version 5", .malformed, [0: 0x55]),
    Edit("header of 16 bytes", .malformed, [0: 0x44]),
    Edit("header longer than the packet", .malformed, [0: 0x4f]),
    Edit("total length beyond the capture", .malformed, [2: 1]),
    Edit("total length below the header", .malformed, [3: 19]),
    Edit("more fragments", .fragment, [6: 0x20]),
    Edit("last fragment", .fragment, [7: 1]),
    Edit("far fragment", .fragment, [6: 0x10]),
    Edit("don't fragment", nil, [6: 0x40]),
    Edit("udp shorter than ip says", .malformed, [25: 28]),
    Edit("udp longer than ip says", .malformed, [25: 30]),
    Edit("udp length zero", .malformed, [25: 0]),
    Edit("sctp", .transport, [9: 132]),
    Edit("esp", .transport, [9: 50]),
    Edit("icmpv6 over ipv4", .transport, [9: 58]),
  ]

  @Test(arguments: ipv4Edits)
  func ipv4(_ edit: Edit) {
    #expect(flaw(mended(edit.apply(to: Self.v4.udp(from: 1, to: 2, payload: Self.payload)))) == edit.expected)
  }

  @Test func ipv4HeaderChecksum() {
    #expect(flaw(edited(Self.v4.udp(from: 1, to: 2, payload: Self.payload)) { $0[8] ^= 1 }) == .checksum)
  }

  /// Payload length 29 at byte 5.
  private static let ipv6Edits = [
    Edit("version 4", .malformed, [0: 0x40]),
    Edit("payload longer than the capture", .malformed, [5: 30]),
    Edit("udp longer than ip says", .malformed, [5: 28]),
    Edit("no next header", .transport, [6: 59]),
    Edit("esp", .transport, [6: 50]),
    Edit("icmp over ipv6", .transport, [6: 1]),
  ]

  @Test(arguments: ipv6Edits)
  func ipv6(_ edit: Edit) {
    #expect(flaw(edit.apply(to: Self.v6.udp(from: 1, to: 2, payload: Self.payload))) == edit.expected)
  }

  @Test(arguments: [UInt8(0x40), 0xf0])
  func tcpHeaderLengths(_ dataOffset: UInt8) {
    #expect(flaw(edited(Self.v4.tcp(from: 1, to: 2, flags: .syn)) { $0[32] = dataOffset }) == .malformed)
  }

  @Test(arguments: [v4, v6])
  func everyTruncationIsRefused(_ builder: PacketBuilder) {
    var long = builder
    long.options = [1, 1, 1, 1]
    long.extensions = [.init(.hopByHop)]
    let packets = [
      long.udp(from: 1, to: 2, payload: Self.payload),
      long.tcp(from: 1, to: 2, flags: .syn, options: [1, 1], payload: Self.payload),
      long.echoRequest(identifier: 1, sequence: 2, payload: Self.payload),
    ]
    for packet in packets {
      #expect(flaw(packet) == nil)
      for count in 0..<packet.count { #expect(flaw(Array(packet.prefix(count))) == .malformed) }
    }
  }

  /// As above, but with IP lengths that match, so that the transport headers' own checks answer.
  @Test func everyShortTransportIsRefused() {
    for (transport, minimum) in [(UInt8(17), 8), (6, 20), (1, 8)] {
      for count in 0..<minimum {
        var packet = [UInt8](repeating: 0, count: 20 + count)
        packet[0] = 0x45
        packet[3] = UInt8(packet.count)
        packet[9] = transport
        #expect(flaw(mended(packet)) == .malformed)
      }
    }
  }

  // MARK: checksums

  @Test(arguments: [v4, v6])
  func partialChecksums(_ builder: PacketBuilder) {
    var partial = builder
    partial.checksum = .partial
    let isV4 = builder == Self.v4
    #expect(flaw(partial.udp(from: 1, to: 2, payload: Self.payload)) == nil)
    #expect(flaw(partial.tcp(from: 1, to: 2, flags: .syn, payload: Self.payload)) == nil)
    // ICMP has no pseudo-header, so nothing can be unfinished there
    #expect(flaw(partial.echoRequest(identifier: 1, sequence: 2, payload: Self.payload)) == (isV4 ? .checksum : nil))
    let last = partial.udp(from: 1, to: 2, payload: Self.payload).count - Self.payload.count - 1
    #expect(flaw(edited(partial.udp(from: 1, to: 2, payload: Self.payload)) { $0[last] ^= 1 }) == .checksum)
  }

  @Test(arguments: [v4, v6])
  func zeroChecksums(_ builder: PacketBuilder) {
    var zero = builder
    zero.checksum = .zero
    #expect(flaw(zero.udp(from: 1, to: 2, payload: Self.payload)) == (builder == Self.v4 ? nil : .checksum))
    #expect(flaw(zero.tcp(from: 1, to: 2, flags: .syn, payload: Self.payload)) == .checksum)
    #expect(flaw(zero.echoRequest(identifier: 1, sequence: 2, payload: Self.payload)) == .checksum)
  }

  /// A datagram whose sum comes out as zero carries ones; over IPv6 a zero stays refused even where it is the right sum.
  @Test func aSumOfZero() throws {
    let probe = Self.v6.udp(from: 1, to: 2, payload: [0, 0])
    let packet = Self.v6.udp(from: 1, to: 2, payload: [probe[46], probe[47]])
    #expect(packet[46] == 0xff && packet[47] == 0xff)
    #expect(flaw(packet) == nil)
    #expect(
      flaw(
        edited(packet) {
          $0[46] = 0; $0[47] = 0
        }) == .checksum)
  }

  @Test func everyFlippedBitIPv4() {
    let packet = Self.v4.udp(from: 4000, to: 62201, payload: Self.payload)
    for bit in 0..<packet.count * 8 {
      #expect(flaw(edited(packet) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }) != nil, "bit \(bit)")
    }
  }

  /// IPv6 has no header checksum: traffic class, flow label and hop limit may change, nothing else may.
  @Test func everyFlippedBitIPv6() {
    let packet = Self.v6.udp(from: 4000, to: 62201, payload: Self.payload)
    let free: Set = [1, 2, 3, 7]
    for bit in 0..<packet.count * 8 {
      let isFree = free.contains(bit / 8) || bit < 4
      #expect((flaw(edited(packet) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }) == nil) == isFree, "bit \(bit)")
    }
  }

  @Test func everyFlippedBitOfASYN() {
    let packet = Self.v4.tcp(from: 4000, to: 443, flags: .syn, options: [2, 4, 5, 0xb4], payload: Self.payload)
    for bit in 0..<packet.count * 8 {
      #expect(flaw(edited(packet) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }) != nil, "bit \(bit)")
    }
  }

  @Test func familiesDoNotMix() {
    #expect(PacketBuilder(from: .v4(.zero), to: .v6(.zero)) == nil)
  }
}
