// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The IP packet inside one captured frame, and the NFLOG prefix where the frame has one; both as offsets into the frame.
package struct LinkFrame: Hashable, Sendable {
  /// Why there is no IP packet.
  package enum Flaw: Error, Hashable, Sendable {
    case unknownLinkType(UInt16)
    /// The frame ends inside its link header.
    case truncated
    /// The frame carries something else, such as ARP; the number is its EtherType, or zero where it has none.
    case notIP(etherType: UInt16)
  }

  package let packet: Range<Int>
  package let prefix: Range<Int>?

  /// Opens a captured frame. `frame` is exactly the bytes that `record` names.
  package init(_ frame: RawSpan, of record: CaptureRecord) throws(Flaw) {
    guard let link = LinkType(rawValue: record.linkType) else { throw .unknownLinkType(record.linkType) }
    switch link {
    case .raw, .raw12, .raw14, .ipv4, .ipv6: self.init(packet: 0..<frame.byteCount)
    case .null, .loop: self.init(packet: try Self.behindFamily(frame))
    case .ethernet: self.init(packet: try Self.behindEtherType(frame, at: 12))
    case .linuxCooked: self.init(packet: try Self.behindEtherType(frame, at: 14))
    case .linuxCooked2: self.init(packet: try Self.behindCooked2(frame))
    case .nflog: self = try NFLOGFrame(frame, record.order).opened()
    }
  }

  init(packet: Range<Int>, prefix: Range<Int>? = nil) {
    self.packet = packet
    self.prefix = prefix
  }
}

extension LinkFrame {
  private enum EtherType {
    static let ipv4: UInt16 = 0x0800
    static let ipv6: UInt16 = 0x86dd
    /// 802.1Q, 802.1ad, and what some switches sent before it.
    static let tags: Set<UInt16> = [0x8100, 0x88a8, 0x9100]
    static let tagLength = 4
  }

  /// AF_INET, and AF_INET6 of Linux and of the BSDs.
  private static let families: Set<UInt32> = [2, 10, 24, 28, 30]

  /// Four bytes with an address family, in the byte order of whoever captured.
  private static func behindFamily(_ frame: RawSpan) throws(Flaw) -> Range<Int> {
    guard frame.byteCount >= 4 else { throw .truncated }
    let family = frame.u32(at: 0)
    guard families.contains(family) || families.contains(family.byteSwapped) else { throw .notIP(etherType: 0) }
    return 4..<frame.byteCount
  }

  /// The type at `offset`, tags of virtual LANs, then the packet.
  private static func behindEtherType(_ frame: RawSpan, at offset: Int) throws(Flaw) -> Range<Int> {
    var offset = offset
    while true {
      guard frame.byteCount >= offset + 2 else { throw .truncated }
      let type = frame.u16(at: offset)
      guard EtherType.tags.contains(type) else { return try behind(type, offset + 2, frame) }
      offset += EtherType.tagLength
    }
  }

  private static func behind(_ type: UInt16, _ start: Int, _ frame: RawSpan) throws(Flaw) -> Range<Int> {
    guard type == EtherType.ipv4 || type == EtherType.ipv6 else { throw .notIP(etherType: type) }
    return start..<frame.byteCount
  }

  /// The type comes first, the packet 20 bytes later; tags stand between.
  private static func behindCooked2(_ frame: RawSpan) throws(Flaw) -> Range<Int> {
    guard frame.byteCount >= 20 else { throw .truncated }
    let type = frame.u16(at: 0)
    guard EtherType.tags.contains(type) else { return try behind(type, 20, frame) }
    return try behindEtherType(frame, at: 22)
  }
}

extension LinkFrame.Flaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownLinkType(let number): "frames of link type \(number) are not known"
    case .truncated: "the frame ends inside its link header"
    case .notIP(etherType: 0): "no IP packet"
    case .notIP(let type): "no IP packet (EtherType 0x\(Hex.encode([UInt8(type >> 8), UInt8(type & 255)])))"
    }
  }
}
