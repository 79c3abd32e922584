// SPDX-License-Identifier: Apache-2.0
internal import PosternCapture
internal import PosternWire

/// Walking a datagram of the log subsystem, as many packets in it as the kernel collects under load.
enum MicroCapture {
  private static let packets = 64

  static func figures(_ meter: MicroMeter) throws -> [MicroFigure] {
    let datagram = datagram()
    var ledger = CaptureLedger()
    let figure = try datagram.withBytes { datagram in
      try meter.figure("captured: a datagram of \(packets) packets", MicroLimit(45, .hmac), 500) { _ in
        var bytes = 0
        ledger.walk(datagram) { bytes += $0.payload.byteCount }
        return bytes == packets * 212
      }
    }
    return [figure]
  }

  /// Messages as the kernel lays them out: netlink's own numbers are in the order of the machine, packets' in the network's.
  private static func datagram() -> [UInt8] {
    var datagram: [UInt8] = []
    for number in 0..<packets {
      var body: [UInt8] = [2, 0, 0, 5]
      body += attribute(1, [0x08, 0, 0, 0])
      body += attribute(10, Array("spa\0".utf8))
      body += attribute(9, [UInt8](repeating: 7, count: 212))
      body += attribute(12, [0, 0, 0, UInt8(number)])
      datagram += little(UInt32(16 + body.count)) + [0, 4, 0, 0] + [UInt8](repeating: 0, count: 8) + body
    }
    return datagram
  }

  private static func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    Array(little(UInt32(value.count + 4)).prefix(2)) + [type, 0] + value
  }

  private static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}
