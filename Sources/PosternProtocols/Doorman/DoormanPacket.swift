// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// Doorman's datagram: `port group tag digest` in ASCII, single blanks between them, perhaps a newline behind.
///
/// The original's client writes it in exactly this form. The original's server reads more (several blanks, more fields, `022` for 22, any
/// tag), which would give one knock many forms; none of those is read here.
package struct DoormanPacket: Hashable, Sendable {
  static let tagLength = 10
  static let digestLength = 32
  static let portLengths = 1...5
  static let groupLengths = 1...32
  /// Blank, tag, blank, digest.
  private static let tailLength = 1 + tagLength + 1 + digestLength
  /// From one digit and one letter to the longest fields and a newline.
  package static let lengths = (2 + 1 + tailLength)...(portLengths.upperBound + 1 + groupLengths.upperBound + tailLength + 1)

  /// Behind it zeros.
  let group: Bytes32
  /// The number that the port's digits make: 1 to 99999.
  let port: UInt32
  /// The digits of the tag: any ten.
  let tag: UInt64
  let digest: Bytes16
  /// How much of the datagram the digest speaks of: `port group tag`.
  let signedLength: Int

  /// Nil for any other form.
  package init?(_ datagram: RawSpan) {
    guard Self.lengths.contains(datagram.byteCount) else { return nil }
    let isEnded = datagram.byte(datagram.byteCount - 1) == UInt8(ascii: "\n")
    let digestOffset = datagram.byteCount - (isEnded ? 1 : 0) - Self.digestLength
    let tagOffset = digestOffset - 1 - Self.tagLength
    let head = tagOffset - 1
    guard head >= 3, datagram.byte(digestOffset - 1) == Self.blank, datagram.byte(head) == Self.blank,
      let (port, portLength) = Self.port(datagram.extracting(first: head)), portLength > 0,
      let group = Self.group(datagram.extracting(portLength + 1..<head)),
      let tag = datagram.extracting(tagOffset..<digestOffset - 1).decimal,
      let digest = datagram.hexadecimal16(at: digestOffset, .anyCase)
    else { return nil }
    self.port = port
    self.group = group
    self.tag = tag
    self.digest = digest
    signedLength = digestOffset - 1
  }

  static let blank = UInt8(ascii: " ")

  /// The digits before the first blank, and how many they are.
  private static func port(_ head: RawSpan) -> (UInt32, Int)? {
    var length = 0
    while length < head.byteCount, head.byte(length) != blank { length += 1 }
    guard portLengths.contains(length), length + 1 < head.byteCount, head.byte(0) != UInt8(ascii: "0"),
      let number = head.extracting(first: length).decimal
    else { return nil }
    return (UInt32(truncatingIfNeeded: number), length)
  }

  private static func group(_ name: RawSpan) -> Bytes32? {
    guard groupLengths.contains(name.byteCount) else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for offset in 0..<name.byteCount {
      let byte = name.byte(offset)
      guard (33...126).contains(byte) else { return nil }
      let shifted = UInt64(byte) << UInt64(56 - 8 * (offset % 8))
      switch offset / 8 {
      case 0: words.0 |= shifted
      case 1: words.1 |= shifted
      case 2: words.2 |= shifted
      default: words.3 |= shifted
      }
    }
    return Bytes32(high: Bytes16(high: words.0, low: words.1), low: Bytes16(high: words.2, low: words.3))
  }

  /// A group's name as a datagram's is given; nil for one that stands in none.
  static func group(_ name: String) -> Bytes32? { Array(name.utf8).withBytes { group($0) } }
}

extension RawSpan {
  /// At most eighteen decimal digits and nothing else.
  fileprivate var decimal: UInt64? {
    guard (1...18).contains(byteCount) else { return nil }
    var value: UInt64 = 0
    for offset in 0..<byteCount {
      let digit = byte(offset)
      guard (48...57).contains(digit) else { return nil }
      value = value * 10 + UInt64(digit - 48)
    }
    return value
  }
}
