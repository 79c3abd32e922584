// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// tumbler's datagram: `TUMBLER1: ` or `TUMBLER2: ` and the 64 lower-case digits of a SHA-256, nothing else.
package struct TumblerPacket: Hashable, Sendable {
  package static let length = 10 + 64

  /// The second version hashes a user's name as well.
  package enum Version: UInt8, Hashable, Sendable, CaseIterable {
    case first = 49
    case second = 50

    var start: String { "TUMBLER\(Character(UnicodeScalar(rawValue))): " }
  }

  package let version: Version
  package let hash: Bytes32

  package init(_ version: Version, _ hash: Bytes32) {
    self.version = version
    self.hash = hash
  }

  /// Nil for any other form.
  package init?(_ datagram: RawSpan) {
    guard datagram.byteCount == Self.length, datagram.u32(at: 0) == Self.first, datagram.u16(at: 4) == Self.second,
      datagram.byte(6) == UInt8(ascii: "R"), let version = Version(rawValue: datagram.byte(7)),
      datagram.u16(at: 8) == Self.third, let high = datagram.hexadecimal16(at: 10, .lowerCase),
      let low = datagram.hexadecimal16(at: 42, .lowerCase)
    else { return nil }
    self.init(version, Bytes32(high: high, low: low))
  }

  /// "TUMB", "LE" and ": ".
  private static let first: UInt32 = 0x5455_4d42
  private static let second: UInt16 = 0x4c45
  private static let third: UInt16 = 0x3a20

  package var encoded: [UInt8] { Array((version.start + Hex.encode(hash.array)).utf8) }
}
