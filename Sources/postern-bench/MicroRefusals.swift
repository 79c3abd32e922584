// SPDX-License-Identifier: Apache-2.0
internal import PosternGate
internal import PosternKnock
internal import PosternProtocols
internal import PosternWire

/// Packets that are refused, from their IP header to the decision of a whole gate. What costs
/// no curve operation allocates nothing, and but for two kinds retains nothing: a search among fwknop's keys and an attempt that a packet
/// ends still lend arrays.
struct MicroRefusals: ~Copyable {
  private static let operations = 2000
  private static let curves = 100

  private let world: MicroWorld
  private let builder: PacketBuilder

  init() throws {
    guard let builder = MicroWorld.builder else { throw BenchFailure("no packets") }
    world = try MicroWorld()
    self.builder = builder
  }

  static func figures(_ meter: MicroMeter) throws -> [MicroFigure] {
    let refusals = try MicroRefusals()
    return try refusals.headers(meter) + refusals.spa(meter) + refusals.fwknop(meter) + refusals.knockd(meter)
  }

  private func headers(_ meter: MicroMeter) throws -> [MicroFigure] {
    let whole = udp([UInt8](repeating: 7, count: 184))
    let limit = MicroLimit(3, .hmac)
    return [
      try refused("wrong prefix", limit, MicroPackets(whole), prefix: "sp", .unknownPrefix, meter),
      try refused("cut short", limit, MicroPackets(Array(whole.prefix(24))), .malformedHeaders, meter),
      try refused("wrong checksum", limit, MicroPackets(whole.dropLast() + [8]), .badChecksum, meter),
      try refused("no UDP", limit, MicroPackets(builder.tcp(from: 40_000, to: 62_201, flags: .ack)), .wrongTransport, meter),
    ]
  }

  private func spa(_ meter: MicroMeter) throws -> [MicroFigure] {
    let stranger = try world.stranger()
    let all = MicroMeter.all(Self.curves)
    let knocks = try (0..<all).map { udp(try MicroWorld.knock($0, stranger)) }
    let junk = udp([UInt8](repeating: 7, count: 184))
    return [
      try refused("spa: wrong length", MicroLimit(3, .hmac), MicroPackets(udp([7])), .wrongLength, meter),
      try refused("spa: wrong tag", MicroLimit(6, .hmac), MicroPackets(junk), .wrongTag, meter),
      try refused(
        "spa: unknown key", MicroLimit(1.6, .curve, allocations: 13, references: 7), MicroPackets(knocks), .unknownKey, meter,
        Self.curves),
      try refused(
        "spa: unknown hint, over the curve budget", MicroLimit(8, .hmac), MicroPackets(knocks), .overload, meter, Self.curves,
        budget: 0),
      try refused(
        "spa: a copy", MicroLimit(8, .hmac), MicroPackets(knocks[0]), .duplicate, meter),
    ]
  }

  private func fwknop(_ meter: MicroMeter) throws -> [MicroFigure] {
    let text = try MicroWorld.fwknopKnock(1, of: MicroWorld.fwknop(1))
    let noise = [UInt8](repeating: 7, count: text.count)
    return [
      try refused("fwknop: no text", MicroLimit(3, .hmac), MicroPackets(udp(noise)), prefix: "fwknop", .wrongTag, meter),
      try refused(
        "fwknop: of no key", MicroLimit(18, .hmac, references: 7), MicroPackets(udp(text)), prefix: "fwknop", .wrongTag, meter),
    ]
  }

  private func knockd(_ meter: MicroMeter) throws -> [MicroFigure] {
    let first = builder.tcp(from: 40_000, to: MicroWorld.ports[0].number, flags: .syn)
    let strangers = (0..<4096).map { number in
      let source = IPAddress.v4(IPv4Address(0x0a00_0000 + UInt32(number)))
      return PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201)))?
        .tcp(from: 40_000, to: MicroWorld.ports[0].number, flags: .syn) ?? []
    }
    let other = builder.tcp(from: 40_000, to: 22, flags: .syn)
    return [
      try refused(
        "knockd: a port of no sequence", MicroLimit(3, .hmac), MicroPackets(other), prefix: "knockd", .outOfSequence, meter),
      // The first begins, the second ends what was begun.
      try refused(
        "knockd: a first port again", MicroLimit(6, .hmac, references: 1.5), MicroPackets(first), prefix: "knockd", nil, meter),
      try refused(
        "knockd: first ports of strangers", MicroLimit(6, .hmac), MicroPackets(strangers), prefix: "knockd", nil, meter),
    ]
  }

  private func udp(_ payload: [UInt8]) -> [UInt8] { builder.udp(from: 40_000, to: 62_201, payload: payload) }

  /// Without a `denial` steps are taken, too. The first packet of all may also be of an unknown key: it is no copy yet.
  private func refused(
    _ name: String, _ limit: MicroLimit, _ packets: MicroPackets, prefix: String = "spa", _ denial: Denial?, _ meter: MicroMeter,
    _ operations: Int = operations, budget: UInt32 = 10_000_000
  ) throws -> MicroFigure {
    var tables = world.tables(curveBudget: budget)
    var gate = try Gate(
      tables: &tables, replay: MicroWorld.replay(), clockIsSynchronised: true, seed: 1, at: MicroWorld.now)
    let prefix = Array(prefix.utf8)
    return try packets.lend { bytes in
      try prefix.withBytes { prefix in
        try meter.figure("refused: " + name, limit, operations) { number in
          // So much later that no budget is spent.
          let now = MicroWorld.now + .seconds(Int64(number))
          let packet = bytes.extracting(packets.place(number))
          return switch gate.receive(packet, prefix: prefix, at: now) {
          case .refused(let found): denial == nil || found == denial || number == 0 && found == .unknownKey
          case .step: denial == nil
          case .refusedKnown, .granted: false
          }
        }
      }
    }
  }
}
