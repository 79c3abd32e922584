// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The pcapng format (draft-ietf-opsawg-pcapng): blocks in sections, each section with its own byte order and interfaces. Blocks that
/// carry no packets are passed over.
struct PcapngCursor: Sendable {
  private enum BlockType {
    static let section: UInt32 = 0x0a0d_0d0a
    static let interface: UInt32 = 1
    static let packet: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6
  }

  private enum Section {
    static let magic: UInt32 = 0x1a2b_3c4d
    static let magicOffset = 8
    static let majorOffset = 12
    static let version: UInt16 = 1
    static let minimumLength = 28
  }

  /// Type, length, and the length once more.
  private static let frameLength = 12

  private var order = ByteOrder.big
  private var interfaces: [PcapngInterface] = []
  private var offset = 0

  /// The type of a section's block reads the same in both byte orders.
  static func recognises(_ file: RawSpan) -> Bool { file.byteCount >= 4 && file.u32(at: 0) == BlockType.section }

  init(_ file: RawSpan) throws(CaptureFlaw) { try openSection(file) }

  mutating func next(in file: RawSpan) throws(CaptureFlaw) -> CaptureRecord? {
    while offset < file.byteCount {
      let start = offset
      if Self.startsSection(file, at: start) { try openSection(file) }
      let block = try takeBlock(file)
      if let record = try record(file, block, at: start) { return record }
    }
    return nil
  }

  private static func startsSection(_ file: RawSpan, at offset: Int) -> Bool {
    file.byteCount - offset >= 4 && file.u32(at: offset) == BlockType.section
  }

  /// From here on the section's own byte order counts, and its own interfaces.
  private mutating func openSection(_ file: RawSpan) throws(CaptureFlaw) {
    guard file.byteCount - offset >= Section.minimumLength else { throw .truncated(at: offset) }
    guard let order = ByteOrder.allCases.first(where: { file.u32(at: offset + Section.magicOffset, $0) == Section.magic }) else {
      throw .unknownFormat
    }
    let major = file.u16(at: offset + Section.majorOffset, order)
    guard major == Section.version else { throw .unknownVersion(major: major) }
    self.order = order
    interfaces = []
  }

  /// The body of the block at the cursor, as offsets into the file; the cursor moves behind it.
  private mutating func takeBlock(_ file: RawSpan) throws(CaptureFlaw) -> Range<Int> {
    let start = offset
    guard file.byteCount - start >= Self.frameLength else { throw .truncated(at: start) }
    let length = Int(file.u32(at: start + 4, order))
    guard length >= Self.frameLength, length.isMultiple(of: 4) else { throw .wrongLength(at: start) }
    guard file.byteCount - start >= length else { throw .truncated(at: start) }
    guard Int(file.u32(at: start + length - 4, order)) == length else { throw .wrongLength(at: start) }
    offset = start + length
    return start + 8..<start + length - 4
  }

  /// The packet in a block; nil for blocks of other kinds.
  private mutating func record(_ file: RawSpan, _ body: Range<Int>, at start: Int) throws(CaptureFlaw) -> CaptureRecord? {
    let block = PcapngBlock(body: body, order: order, start: start)
    switch file.u32(at: start, order) {
    case BlockType.interface:
      guard interfaces.count < CaptureFileReader.maximumInterfaces else { throw .tooManyInterfaces(at: start) }
      interfaces.append(try PcapngInterface(block, in: file))
      return nil
    case BlockType.enhancedPacket: return try block.enhancedPacket(in: file, of: interfaces)
    case BlockType.simplePacket: return try block.simplePacket(in: file, of: interfaces)
    case BlockType.packet: return try block.packet(in: file, of: interfaces)
    default: return nil
    }
  }
}
