// SPDX-License-Identifier: Apache-2.0
internal import PosternAuthority
internal import PosternKnock
internal import PosternProtocols
internal import PosternWire

/// Good knocks: decoding them, judging them, remembering them.
enum MicroKnocks {
  private static let operations = 100
  private static let judgements = 1000

  static func figures(_ meter: MicroMeter) throws -> [MicroFigure] {
    [try spa(meter), try fwknop(meter), try authorise(meter), try remember(meter)]
  }

  private static func spa(_ meter: MicroMeter) throws -> MicroFigure {
    let world = try MicroWorld()
    let knocks = try MicroPackets((0..<MicroMeter.all(operations)).map { try MicroWorld.knock($0, world.encoder) })
    var decoder = try SPADecoder(tables: world.tables(), now: MicroWorld.now, seed: 1)
    return try knocks.lend { bytes in
      try meter.figure("decode: a knock of spa", MicroLimit(1.6, .curve, allocations: 15, references: 13), operations) { number in
        decoder.read(bytes.extracting(knocks.place(number)), at: MicroWorld.now).isKnock
      }
    }
  }

  private static func fwknop(_ meter: MicroMeter) throws -> MicroFigure {
    let credential = MicroWorld.fwknop(0)
    guard let builder = MicroWorld.builder else { throw BenchFailure("no packets") }
    let knocks = try MicroPackets(
      (0..<MicroMeter.all(operations)).map {
        builder.udp(from: 40_000, to: 62_201, payload: try MicroWorld.fwknopKnock($0, of: credential))
      })
    var reader = try FwknopReader([Registered(KeyIndex(0), credential)], now: MicroWorld.now)
    return try knocks.lend { bytes in
      try meter.figure("decode: a knock of fwknop", MicroLimit(70, .hmac, allocations: 22, references: 69), operations) {
        number in
        guard let view = try? PacketView(bytes.extracting(knocks.place(number)), .tcpMayLack) else { return false }
        return reader.read(view, at: MicroWorld.now).isKnock
      }
    }
  }

  private static func authorise(_ meter: MicroMeter) throws -> MicroFigure {
    let world = try MicroWorld()
    var authority = Authority(
      tables: world.tables(), replay: MicroWorld.replay(), clockIsSynchronised: true, at: MicroWorld.now)
    let source = PacketSource(address: .v4(MicroWorld.source), port: 40_000)
    return try meter.figure("authorise: a fresh knock", MicroLimit(12, .hmac, allocations: 4, references: 22), judgements) {
      number in
      if case .granted = authority.judge(knock(number), from: source, at: MicroWorld.now) { true } else { false }
    }
  }

  private static func knock(_ number: Int) -> Knock {
    Knock(
      knockProtocol: .spa, id: id(number), stamp: MicroWorld.stamp(number), key: KeyIndex(0), action: .open, wish: .door(nil),
      ipv4: .named(MicroWorld.source, port: nil), ipv6: .none)
  }

  /// As evenly spread as hashes are.
  private static func id(_ number: Int) -> Bytes16 {
    let mixed = UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15
    return Bytes16(high: mixed, low: mixed.byteSwapped)
  }

  private static func remember(_ meter: MicroMeter) throws -> MicroFigure {
    guard let freshness = KnockProtocol.spa.window else { throw BenchFailure("no window") }
    var window = ReplayWindow(slotCount: MicroMeter.all(judgements), window: freshness)
    return try meter.figure("replay: a look and an entry", MicroLimit(1, .hmac), judgements) { number in
      let (id, stamp) = (id(number), MicroWorld.stamp(number))
      do throws(Denial) {
        try window.check(id, stamp: stamp)
        try window.record(id, stamp: stamp, key: 1, at: MicroWorld.now)
      } catch {
        return false
      }
      return true
    }
  }
}

extension Reading {
  fileprivate var isKnock: Bool { if case .knock = self { true } else { false } }
}
