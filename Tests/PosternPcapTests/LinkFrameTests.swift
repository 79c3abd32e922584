// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternPcap
import PosternWire
import Testing

@Suite struct LinkFrameTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var link: UInt16
    var order = ByteOrder.little
    var header: [UInt8]
    var trailer: [UInt8] = []
    var prefix: String?
  }

  private static let packet = Array(UInt8(0x45)...UInt8(0x58))
  private static let stations: [UInt8] = Array(repeating: 0xee, count: 12)
  private static let cooked: [UInt8] = [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0]
  private static let cooked2: [UInt8] = [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0]

  /// Group 5, a packet header, the prefix with its zero, then the packet.
  private static func nflog(_ order: ByteOrder, prefix: [UInt8]? = Array("spa:wan".utf8) + [0]) -> [UInt8] {
    var writer = OrderedWriter(order)
    writer.raw([2, 0, 0, 5])
    writer.u16(8)
    writer.u16(1)
    writer.raw([8, 0, 0, 0])
    if let prefix {
      writer.u16(UInt16(4 + prefix.count))
      writer.u16(10)
      writer.raw(prefix)
      writer.pad()
    }
    writer.u16(UInt16(4 + packet.count))
    writer.u16(9)
    return writer.bytes
  }

  static let rows: [Row] = [
    .init(testDescription: "RAW", link: 101, header: []),
    .init(testDescription: "RAW of Linux", link: 12, header: []),
    .init(testDescription: "RAW of OpenBSD", link: 14, header: []),
    .init(testDescription: "IPV4", link: 228, header: []),
    .init(testDescription: "IPV6", link: 229, header: []),
    .init(testDescription: "NULL, little-endian", link: 0, header: [2, 0, 0, 0]),
    .init(testDescription: "NULL, big-endian", link: 0, header: [0, 0, 0, 2]),
    .init(testDescription: "NULL, IPv6 of FreeBSD", link: 0, header: [28, 0, 0, 0]),
    .init(testDescription: "NULL, IPv6 of Darwin", link: 0, header: [30, 0, 0, 0]),
    .init(testDescription: "LOOP, IPv6 of OpenBSD", link: 108, header: [0, 0, 0, 24]),
    .init(testDescription: "LOOP", link: 108, header: [0, 0, 0, 2]),
    .init(testDescription: "Ethernet", link: 1, header: stations + [0x08, 0x00]),
    .init(testDescription: "Ethernet, IPv6", link: 1, header: stations + [0x86, 0xdd]),
    .init(testDescription: "802.1Q", link: 1, header: stations + [0x81, 0x00, 0, 7, 0x08, 0x00]),
    .init(testDescription: "802.1ad", link: 1, header: stations + [0x88, 0xa8, 0, 7, 0x81, 0x00, 0, 8, 0x86, 0xdd]),
    .init(testDescription: "SLL", link: 113, header: cooked + [0x08, 0x00]),
    .init(testDescription: "SLL, tagged", link: 113, header: cooked + [0x81, 0x00, 0, 7, 0x86, 0xdd]),
    .init(testDescription: "SLL2", link: 276, header: [0x08, 0x00] + cooked2),
    .init(testDescription: "SLL2, tagged", link: 276, header: [0x81, 0x00] + cooked2 + [0, 7, 0x86, 0xdd]),
    .init(testDescription: "NFLOG, little-endian", link: 239, header: nflog(.little), prefix: "spa:wan"),
    .init(testDescription: "NFLOG, big-endian", link: 239, order: .big, header: nflog(.big), prefix: "spa:wan"),
    .init(
      testDescription: "NFLOG, prefix without its zero", link: 239, header: nflog(.little, prefix: Array("spa".utf8)),
      prefix: "spa"),
    .init(testDescription: "NFLOG, empty prefix", link: 239, header: nflog(.little, prefix: [0]), prefix: ""),
    .init(testDescription: "NFLOG without prefix", link: 239, header: nflog(.little, prefix: nil)),
    .init(
      testDescription: "NFLOG, more behind the packet", link: 239, header: nflog(.little), trailer: [8, 0, 5, 0, 1, 2, 3, 4],
      prefix: "spa:wan"),
  ]

  @Test(arguments: rows) func opens(_ row: Row) throws {
    let frame = row.header + Self.packet + row.trailer
    let opened = try #require(try? open(frame, row.link, row.order).get())
    #expect(Array(frame[opened.packet]) == Self.packet)
    #expect(opened.prefix.map { String(decoding: frame[$0], as: UTF8.self) } == row.prefix)
  }

  /// No cut traps, and what comes out lies inside the frame.
  @Test(arguments: rows) func cutAnywhere(_ row: Row) {
    let frame = row.header + Self.packet + row.trailer
    for count in 0..<frame.count {
      guard case .success(let opened) = open(Array(frame.prefix(count)), row.link, row.order) else { continue }
      #expect(opened.packet.lowerBound >= row.header.count && opened.packet.upperBound <= count)
      #expect((opened.prefix?.upperBound ?? 0) <= count)
    }
  }

  static let knownLinks: Set<UInt16> = Set(rows.map(\.link))
  @Test func everyKnownLinkHasARow() { #expect(Self.knownLinks == Set(LinkType.allCases.map(\.rawValue))) }

  struct Refused: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var link: UInt16
    var frame: [UInt8]
    var flaw: LinkFrame.Flaw
  }

  static let refused: [Refused] = [
    .init(testDescription: "ARP", link: 1, frame: stations + [0x08, 0x06] + packet, flaw: .notIP(etherType: 0x0806)),
    .init(testDescription: "802.3 with a length", link: 1, frame: stations + [0, 20] + packet, flaw: .notIP(etherType: 20)),
    .init(
      testDescription: "tags to the end", link: 1, frame: stations + Array(repeating: 0x81, count: 12),
      flaw: .notIP(etherType: 0x8181)),
    .init(testDescription: "nothing but tags", link: 1, frame: stations + [0x81, 0, 0, 1, 0x81, 0], flaw: .truncated),
    .init(testDescription: "ARP, cooked", link: 113, frame: cooked + [0x08, 0x06] + packet, flaw: .notIP(etherType: 0x0806)),
    .init(testDescription: "ARP, cooked 2", link: 276, frame: [0x08, 0x06] + cooked2 + packet, flaw: .notIP(etherType: 0x0806)),
    .init(testDescription: "AppleTalk", link: 0, frame: [16, 0, 0, 0] + packet, flaw: .notIP(etherType: 0)),
    .init(
      testDescription: "NFLOG without packet", link: 239, frame: [2, 0, 0, 5, 8, 0, 1, 0, 8, 0, 0, 0], flaw: .notIP(etherType: 0)),
    .init(testDescription: "NFLOG, attribute of no length", link: 239, frame: [2, 0, 0, 5, 0, 0, 9, 0], flaw: .truncated),
    .init(
      testDescription: "NFLOG, attribute longer than the frame", link: 239, frame: [2, 0, 0, 5, 9, 0, 9, 0, 1, 2, 3, 4],
      flaw: .truncated),
    .init(testDescription: "IEEE 802.11", link: 105, frame: packet, flaw: .unknownLinkType(105)),
  ]

  @Test(arguments: refused) func refuses(_ row: Refused) {
    #expect(open(row.frame, row.link, .little) == .failure(row.flaw))
  }

  private func open(_ frame: [UInt8], _ link: UInt16, _ order: ByteOrder) -> Result<LinkFrame, LinkFrame.Flaw> {
    let record = CaptureRecord(time: nil, linkType: link, order: order, bytes: 0..<frame.count, length: frame.count)
    return frame.withBytes { frame in
      Result { () throws(LinkFrame.Flaw) in try LinkFrame(frame, of: record) }
    }
  }
}
