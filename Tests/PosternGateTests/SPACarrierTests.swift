// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternGate
import PosternKnock
import PosternWire
import Testing

/// The ways on which a knock can travel, and their neighbours on which it cannot.
@Suite struct SPACarrierTests {
  struct Carried: Sendable, CustomTestStringConvertible {
    let name: String
    let family: AddressFamily
    let denial: Denial?
    let pack: @Sendable (PacketBuilder, [UInt8]) -> [UInt8]

    init(
      _ name: String, _ family: AddressFamily, _ denial: Denial? = nil,
      _ pack: @escaping @Sendable (PacketBuilder, [UInt8]) -> [UInt8]
    ) {
      self.name = name
      self.family = family
      self.denial = denial
      self.pack = pack
    }

    var testDescription: String { name }

    func packet(_ knock: [UInt8]) -> [UInt8] { pack(World.builder(family), knock) }
  }

  static func syn(_ flags: TCPHeader.Flags) -> @Sendable (PacketBuilder, [UInt8]) -> [UInt8] {
    { $0.tcp(from: 4000, to: 443, flags: flags, sequence: 0xdead_beef, payload: $1) }
  }

  static func icmp(_ type: UInt8, code: UInt8 = 0) -> @Sendable (PacketBuilder, [UInt8]) -> [UInt8] {
    { $0.icmp(type: type, code: code, identifier: 0xabcd, sequence: 0xffff, payload: $1) }
  }

  /// Behind a hop-by-hop and a destination options header.
  static func extended(
    _ pack: @escaping @Sendable (PacketBuilder, [UInt8]) -> [UInt8]
  ) -> @Sendable (PacketBuilder, [UInt8]) -> [UInt8] {
    {
      var builder = $0
      builder.extensions = [.init(.hopByHop), .init(.destinationOptions, body: [1, 4, 0, 0, 0, 0])]
      return pack(builder, $1)
    }
  }

  static let carriers: [Carried] = [
    .init("UDP over IPv4", .ipv4) { $0.udp(from: 9, to: 1, payload: $1) },
    .init("UDP over IPv6", .ipv6) { $0.udp(from: 9, to: 1, payload: $1) },
    .init("SYN over IPv4", .ipv4, nil, syn(.syn)),
    .init("SYN over IPv6", .ipv6, nil, syn(.syn)),
    .init("SYN with push, urgent and congestion flags", .ipv4, nil, syn([.syn, .psh, .urg, .ece, .cwr])),
    .init("SYN with options", .ipv4) { $0.tcp(from: 1, to: 22, flags: .syn, options: [2, 4, 5, 180, 1, 3, 3, 7], payload: $1) },
    .init("SYN behind extension headers", .ipv6, nil, extended(syn(.syn))),
    .init("SYN with IPv4 options", .ipv4) {
      var builder = $0
      builder.options = [1, 1, 1]
      return builder.tcp(from: 1, to: 22, flags: .syn, payload: $1)
    },
    .init("echo request", .ipv4, nil, icmp(8)),
    .init("ICMPv6 echo request", .ipv6, nil, icmp(128)),
    .init("ICMPv6 echo request behind extension headers", .ipv6, nil, extended(icmp(128))),

    .init("bare ACK", .ipv4, .wrongTransport, syn(.ack)),
    .init("SYN and ACK", .ipv4, .wrongTransport, syn([.syn, .ack])),
    .init("SYN and FIN", .ipv6, .wrongTransport, syn([.syn, .fin])),
    .init("SYN and RST", .ipv4, .wrongTransport, syn([.syn, .rst])),
    .init("RST", .ipv6, .wrongTransport, syn(.rst)),
    .init("data of a flow", .ipv4, .wrongTransport, syn([.psh, .ack])),
    .init("no flag at all", .ipv4, .wrongTransport, syn([])),
    .init("echo reply", .ipv4, .wrongTransport, icmp(0)),
    .init("ICMPv6 echo reply", .ipv6, .wrongTransport, icmp(129)),
    .init("echo request with a code", .ipv4, .wrongTransport, icmp(8, code: 1)),
    .init("ICMPv6 echo request with a code", .ipv6, .wrongTransport, icmp(128, code: 1)),
    .init("the other family's type, IPv4", .ipv4, .wrongTransport, icmp(128)),
    .init("the other family's type, IPv6", .ipv6, .wrongTransport, icmp(8)),
    .init("timestamp request", .ipv4, .wrongTransport, icmp(13)),
    .init("neighbour solicitation", .ipv6, .wrongTransport, icmp(135)),
    .init("SYN with one byte more", .ipv4, .wrongLength) { syn(.syn)($0, $1 + [0]) },
    .init("SYN with one byte less", .ipv6, .wrongLength) { syn(.syn)($0, $1.dropLast()) },
    .init("SYN without data", .ipv4, .wrongLength) { packet, _ in syn(.syn)(packet, []) },
    .init("echo request with one byte more", .ipv6, .wrongLength) { icmp(128)($0, $1 + [0]) },
    .init("echo request with one byte less", .ipv4, .wrongLength) { icmp(8)($0, $1.dropLast()) },
    .init("SYN with a wrong checksum", .ipv4, .badChecksum) { broken(syn(.syn)($0, $1), header: 20, field: 16) },
    .init("SYN over IPv6 with a wrong checksum", .ipv6, .badChecksum) { broken(syn(.syn)($0, $1), header: 40, field: 16) },
    .init("echo request with a wrong checksum", .ipv4, .badChecksum) { broken(icmp(8)($0, $1), header: 20, field: 2) },
    .init("ICMPv6 echo request with a wrong checksum", .ipv6, .badChecksum) { broken(icmp(128)($0, $1), header: 40, field: 2) },
    .init("ICMPv6 echo request with the checksum of ICMP", .ipv6, .badChecksum) {
      var builder = $0
      builder.checksum = .zero
      return builder.echoRequest(identifier: 1, sequence: 1, payload: $1)
    },
    .init("first half of a fragmented echo request", .ipv4, .fragment) { fragment(icmp(8)($0, $1), field: 0x2000) },
    .init("second half of a fragmented SYN", .ipv4, .fragment) { fragment(syn(.syn)($0, $1), field: 1) },
    .init("atomic fragment", .ipv6, .fragment) {
      var builder = $0
      builder.extensions = [.init(.fragment, body: [0, 0, 0, 0, 0, 1])]
      return builder.echoRequest(identifier: 1, sequence: 1, payload: $1)
    },
  ]

  @Test(arguments: carriers) func carrier(_ row: Carried) throws {
    let world = try World()
    let knock = try world.knock()
    let outcome = world.receive(row.packet(knock))
    switch row.denial {
    case nil: #expect(world.isGrant(outcome), "\(outcome)")
    case let denial?:
      #expect(outcome == .refused(denial))
      // The gate itself is well: the knock was not spent.
      #expect(world.isGrant(world.receive(world.udp(knock))))
    }
  }

  /// A copy on another way is the same knock, before and after a restart of the gate.
  @Test(arguments: carriers.filter { $0.denial == nil }) func aKnockOverTwoCarriersIsOneKnock(_ first: Carried) throws {
    let world = try World()
    let knock = try world.knock()
    #expect(world.isGrant(world.receive(first.packet(knock))))
    let later = try World(after: world)
    let ways = Self.carriers.filter { $0.denial == nil }
    for second in ways {
      #expect(world.receive(second.packet(knock)) == .refused(.duplicate), "\(second.name)")
    }
    guard case .refusedKnown(let refusal) = later.receive(Self.icmp(128)(World.builder(.ipv6), knock)) else {
      Issue.record("a replay over another carrier was not refused as such")
      return
    }
    #expect(refusal.denial == .replay && refusal.source == World.client6)
  }

  @Test(arguments: AddressFamily.allCases) func noFlippedBitOfASynOpens(_ family: AddressFamily) throws {
    let world = try World()
    let knock = try world.knock()
    for bit in 0..<knock.count * 8 {
      var flipped = knock
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!world.isGrant(world.receive(Self.syn(.syn)(World.builder(family), flipped))), "bit \(bit)")
    }
    let whole = Self.syn(.syn)(World.builder(family), knock)
    for length in 0..<whole.count { #expect(!world.isGrant(world.receive(Array(whole.prefix(length)))), "cut to \(length)") }
    #expect(world.isGrant(world.receive(whole)))
  }

  private static func broken(_ packet: [UInt8], header: Int, field: Int) -> [UInt8] {
    var packet = packet
    packet[header + field] ^= 0x55
    return packet
  }

  /// An IPv4 packet with these flags and offset, its header checksum right.
  private static func fragment(_ packet: [UInt8], field: UInt16) -> [UInt8] {
    var packet = packet
    (packet[6], packet[7]) = (UInt8(field >> 8), UInt8(truncatingIfNeeded: field))
    (packet[10], packet[11]) = (0, 0)
    var sum = InternetChecksum()
    Array(packet.prefix(20)).withBytes { sum.add($0) }
    (packet[10], packet[11]) = (UInt8(sum.field >> 8), UInt8(truncatingIfNeeded: sum.field))
    return packet
  }
}
