// SPDX-License-Identifier: Apache-2.0
internal import PosternControl
internal import PosternKnock
internal import PosternSets
internal import PosternTables
internal import PosternWire

/// What passes from the gate to the keeper, and from the keeper to the kernel.
enum MicroKeeper {
  private static let operations = 2000
  private static let puts = 64

  static func figures(_ meter: MicroMeter) throws -> [MicroFigure] {
    [try encode(meter), try decode(meter), try transaction(meter)]
  }

  private static let frame = KeeperFrame(
    generation: 7,
    body: .grant(
      Grant(
        action: .open, key: KeyIndex(3), door: 1, ipv4: .init(MicroWorld.source), ipv6: nil, lease: 30,
        knock: Bytes16(high: 1, low: 2), notes: [])))

  private static func encode(_ meter: MicroMeter) throws -> MicroFigure {
    let frame = frame
    return try meter.figure("frame: encode", MicroLimit(4, .hmac, allocations: 1, references: 2), operations) { _ in
      var writer = WireWriter(capacity: KeeperFrame.byteCount)
      frame.encode(into: &writer)
      return writer.count == KeeperFrame.byteCount
    }
  }

  private static func decode(_ meter: MicroMeter) throws -> MicroFigure {
    let frame = frame
    var writer = WireWriter(capacity: KeeperFrame.byteCount)
    frame.encode(into: &writer)
    return try writer.bytes.withBytes { bytes in
      try meter.figure("frame: decode", MicroLimit(3, .hmac), operations) { _ in
        guard let found = try? KeeperFrame(decoding: bytes) else { return false }
        return found.generation == frame.generation
      }
    }
  }

  private static func transaction(_ meter: MicroMeter) throws -> MicroFigure {
    var batch = SetBatch()
    let set = KeeperTables.SetReference(family: .inet, table: "postern", set: "door4")
    for number in 0..<puts {
      guard let timeout = Milliseconds(seconds: 30),
        let key = ElementKey(bytes: [10, 0, 0, UInt8(number), 6, 0, 0, 0, 0, 22, 0, 0]),
        let comment = ElementComment("carol/laptop ssh 0123456789abcdef")
      else { throw BenchFailure("no element") }
      batch.put(SetElement(key: key, timeout: timeout, comment: comment), in: set, tag: number)
    }
    let operations = batch.operations
    let members = Array(operations.indices)[...]
    var messages = MessageBuffer()
    return try meter.figure(
      "batch: a transaction of \(puts) puts", MicroLimit(300, .hmac, allocations: 256, references: 258), 200
    ) { number in
      messages.transaction(operations, members, begin: UInt32(number))
      return messages.count > puts * 100 && !messages.hasOverflowed
    }
  }
}
