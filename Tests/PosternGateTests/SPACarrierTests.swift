// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternGate
import PosternKnock
import PosternWire
import Testing

/// The ways on which a knock can travel, and their neighbours on which it cannot.
@Suite struct SPACarrierTests {
  enum Family: Sendable {
    case four, six

    var builder: PacketBuilder {
      switch self {
      case .four: World.builder
      case .six: World.builder6
      }
    }
  }

  struct Carried: Sendable, CustomTestStringConvertible {
    let name: String
    let family: Family
    let denial: Denial?
    let pack: @Sendable (PacketBuilder, [UInt8]) -> [UInt8]

    init(
      _ name: String, _ family: Family, _ denial: Denial? = nil, _ pack: @escaping @Sendable (PacketBuilder, [UInt8]) -> [UInt8]
    ) {
      self.name = name
      self.family = family
      self.denial = denial
      self.pack = pack
    }

    var testDescription: String { name }
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
    .init("UDP over IPv4", .four) { $0.udp(from: 9, to: 1, payload: $1) },
    .init("UDP over IPv6", .six) { $0.udp(from: 9, to: 1, payload: $1) },
    .init("SYN over IPv4", .four, nil, syn(.syn)),
    .init("SYN over IPv6", .six, nil, syn(.syn)),
    .init("SYN with push, urgent and congestion flags", .four, nil, syn([.syn, .psh, .urg, .ece, .cwr])),
    .init("SYN with options", .four) { $0.tcp(from: 1, to: 22, flags: .syn, options: [2, 4, 5, 180, 1, 3, 3, 7], payload: $1) },
    .init("SYN behind extension headers", .six, nil, extended(syn(.syn))),
    .init("SYN with IPv4 options", .four) {
      var builder = $0
      builder.options = [1, 1, 1]
      return builder.tcp(from: 1, to: 22, flags: .syn, payload: $1)
    },
    .init("echo request", .four, nil, icmp(8)),
    .init("ICMPv6 echo request", .six, nil, icmp(128)),
    .init("ICMPv6 echo request behind extension headers", .six, nil, extended(icmp(128))),

    .init("bare ACK", .four, .wrongTransport, syn(.ack)),
    .init("SYN and ACK", .four, .wrongTransport, syn([.syn, .ack])),
    .init("SYN and FIN", .six, .wrongTransport, syn([.syn, .fin])),
    .init("SYN and RST", .four, .wrongTransport, syn([.syn, .rst])),
    .init("RST", .six, .wrongTransport, syn(.rst)),
    .init("data of a flow", .four, .wrongTransport, syn([.psh, .ack])),
    .init("no flag at all", .four, .wrongTransport, syn([])),
    .init("echo reply", .four, .wrongTransport, icmp(0)),
    .init("ICMPv6 echo reply", .six, .wrongTransport, icmp(129)),
    .init("echo request with a code", .four, .wrongTransport, icmp(8, code: 1)),
    .init("ICMPv6 echo request with a code", .six, .wrongTransport, icmp(128, code: 1)),
    .init("the other family's type, IPv4", .four, .wrongTransport, icmp(128)),
    .init("the other family's type, IPv6", .six, .wrongTransport, icmp(8)),
    .init("timestamp request", .four, .wrongTransport, icmp(13)),
    .init("neighbour solicitation", .six, .wrongTransport, icmp(135)),
    .init("SYN with one byte more", .four, .wrongLength) { syn(.syn)($0, $1 + [0]) },
    .init("SYN with one byte less", .six, .wrongLength) { syn(.syn)($0, $1.dropLast()) },
    .init("SYN without data", .four, .wrongLength) { packet, _ in syn(.syn)(packet, []) },
    .init("echo request with one byte more", .six, .wrongLength) { icmp(128)($0, $1 + [0]) },
    .init("echo request with one byte less", .four, .wrongLength) { icmp(8)($0, $1.dropLast()) },
    .init("SYN with a wrong checksum", .four, .badChecksum) { broken(syn(.syn)($0, $1), header: 20, field: 16) },
    .init("SYN over IPv6 with a wrong checksum", .six, .badChecksum) { broken(syn(.syn)($0, $1), header: 40, field: 16) },
    .init("echo request with a wrong checksum", .four, .badChecksum) { broken(icmp(8)($0, $1), header: 20, field: 2) },
    .init("ICMPv6 echo request with a wrong checksum", .six, .badChecksum) { broken(icmp(128)($0, $1), header: 40, field: 2) },
    .init("ICMPv6 echo request with the checksum of ICMP", .six, .badChecksum) {
      var builder = $0
      builder.checksum = .zero
      return builder.echoRequest(identifier: 1, sequence: 1, payload: $1)
    },
    .init("first half of a fragmented echo request", .four, .fragment) { fragment(icmp(8)($0, $1), field: 0x2000) },
    .init("second half of a fragmented SYN", .four, .fragment) { fragment(syn(.syn)($0, $1), field: 1) },
    .init("atomic fragment", .six, .fragment) {
      var builder = $0
      builder.extensions = [.init(.fragment, body: [0, 0, 0, 0, 0, 1])]
      return builder.echoRequest(identifier: 1, sequence: 1, payload: $1)
    },
  ]

  @Test(arguments: carriers) func carrier(_ row: Carried) throws {
    let world = try World()
    let knock = try world.knock()
    let outcome = world.receive(row.pack(row.family.builder, knock))
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
    #expect(world.isGrant(world.receive(first.pack(first.family.builder, knock))))
    let later = try World(after: world)
    let ways = Self.carriers.filter { $0.denial == nil }
    for second in ways {
      #expect(world.receive(second.pack(second.family.builder, knock)) == .refused(.duplicate), "\(second.name)")
    }
    guard case .refusedKnown(let refusal) = later.receive(Self.icmp(128)(World.builder6, knock)) else {
      Issue.record("a replay over another carrier was not refused as such")
      return
    }
    #expect(refusal.denial == .replay && refusal.source == World.client6)
  }

  @Test(arguments: [Family.four, .six]) func noFlippedBitOfASynOpens(_ family: Family) throws {
    let world = try World()
    let knock = try world.knock()
    for bit in 0..<knock.count * 8 {
      var flipped = knock
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!world.isGrant(world.receive(Self.syn(.syn)(family.builder, flipped))), "bit \(bit)")
    }
    let whole = Self.syn(.syn)(family.builder, knock)
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
