// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// A frame of link type NFLOG: family 1, version 1, group 2, then attributes in the byte order of the capturing machine, padded to
/// whole words. It is the one that knows the prefix of the rule.
struct NFLOGFrame {
  private enum Attribute {
    // NFULA_PAYLOAD, NFULA_PREFIX of linux/netfilter/nfnetlink_log.h
    static let payload: UInt16 = 9
    static let prefix: UInt16 = 10
    static let headerLength = 4
    /// The upper two bits are flags.
    static let typeMask: UInt16 = 0x3fff
  }

  private static let headerLength = 4

  private var payload: Range<Int>?
  private var prefix: Range<Int>?

  /// The kernel writes each attribute once; of two the last counts.
  init(_ frame: RawSpan, _ order: ByteOrder) throws(LinkFrame.Flaw) {
    guard frame.byteCount >= Self.headerLength else { throw .truncated }
    var offset = Self.headerLength
    while frame.byteCount - offset >= Attribute.headerLength {
      let length = Int(frame.u16(at: offset, order))
      guard length >= Attribute.headerLength, frame.byteCount - offset >= length else { throw .truncated }
      take(frame.u16(at: offset + 2, order) & Attribute.typeMask, offset + Attribute.headerLength..<offset + length, frame)
      offset += (length + 3) / 4 * 4
    }
  }

  func opened() throws(LinkFrame.Flaw) -> LinkFrame {
    guard let payload else { throw .notIP(etherType: 0) }
    return LinkFrame(packet: payload, prefix: prefix)
  }

  private mutating func take(_ type: UInt16, _ value: Range<Int>, _ frame: RawSpan) {
    switch type {
    case Attribute.payload: payload = value
    case Attribute.prefix: prefix = Self.trimmed(value, frame)
    default: return
    }
  }

  /// Without the zero that ends the kernel's text.
  private static func trimmed(_ value: Range<Int>, _ frame: RawSpan) -> Range<Int> {
    let end = value.first { frame.byte($0) == 0 } ?? value.upperBound
    return value.lowerBound..<end
  }
}
