// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// One block of a pcapng file that carries a packet.
struct PcapngBlock: Sendable {
  /// Offsets into the file, without the block's type and its two lengths.
  let body: Range<Int>
  let order: ByteOrder
  /// Where the block starts, for messages.
  let start: Int

  /// Interface 4, time 8, captured 4, length 4, data.
  func enhancedPacket(in file: RawSpan, of interfaces: [PcapngInterface]) throws(CaptureFlaw) -> CaptureRecord {
    try require(20)
    return try timed(file, interface: try interface(Int(u32(file, 0)), interfaces))
  }

  /// The obsolete block: interface 2, drops 2, and the rest as in the enhanced one.
  func packet(in file: RawSpan, of interfaces: [PcapngInterface]) throws(CaptureFlaw) -> CaptureRecord {
    try require(20)
    return try timed(file, interface: try interface(Int(file.u16(at: body.lowerBound, order)), interfaces))
  }

  private func timed(_ file: RawSpan, interface: PcapngInterface) throws(CaptureFlaw) -> CaptureRecord {
    let ticks = UInt64(u32(file, 4)) << 32 | UInt64(u32(file, 8))
    return CaptureRecord(
      time: interface.time(ticks), linkType: interface.linkType, order: order, bytes: try data(Int(u32(file, 12)), at: 20),
      length: max(Int(u32(file, 12)), Int(u32(file, 16))))
  }

  /// Length 4, data: all of it, or as much as the first interface keeps. It tells no time.
  func simplePacket(in file: RawSpan, of interfaces: [PcapngInterface]) throws(CaptureFlaw) -> CaptureRecord {
    try require(4)
    let interface = try interface(0, interfaces)
    let length = Int(u32(file, 0))
    let kept = interface.snapshotLength == 0 ? length : min(length, interface.snapshotLength)
    return CaptureRecord(
      time: nil, linkType: interface.linkType, order: order, bytes: try data(kept, at: 4), length: length)
  }

  private func interface(_ number: Int, _ interfaces: [PcapngInterface]) throws(CaptureFlaw) -> PcapngInterface {
    guard interfaces.indices.contains(number) else { throw .unknownInterface(at: start) }
    return interfaces[number]
  }

  private func data(_ count: Int, at offset: Int) throws(CaptureFlaw) -> Range<Int> {
    guard count <= CaptureFileReader.maximumPacket else { throw .packetTooLong(at: start) }
    try require(offset + count)
    return body.lowerBound + offset..<body.lowerBound + offset + count
  }

  private func require(_ count: Int) throws(CaptureFlaw) {
    guard body.count >= count else { throw .wrongLength(at: start) }
  }

  private func u32(_ file: RawSpan, _ offset: Int) -> UInt32 { file.u32(at: body.lowerBound + offset, order) }
}
