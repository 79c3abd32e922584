// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternPcap
import PosternWire

/// Writes numbers as a machine of one byte order does.
struct OrderedWriter {
  let order: ByteOrder
  var bytes: [UInt8] = []

  init(_ order: ByteOrder) { self.order = order }

  mutating func u16(_ value: UInt16) { put(value) }
  mutating func u32(_ value: UInt32) { put(value) }
  mutating func u64(_ value: UInt64) { put(value) }
  mutating func raw(_ value: [UInt8]) { bytes += value }
  mutating func pad() { bytes += Array(repeating: 0, count: (4 - bytes.count % 4) % 4) }

  private mutating func put<Number: FixedWidthInteger>(_ value: Number) {
    let big = stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> Number($0)) }
    bytes += order == .big ? big : big.reversed()
  }
}

/// A pcap file in the making.
struct PcapFile {
  private var writer: OrderedWriter

  init(_ order: ByteOrder = .little, magic: UInt32 = 0xa1b2_c3d4, major: UInt16 = 2, link: UInt32 = 101) {
    writer = OrderedWriter(order)
    writer.u32(magic)
    writer.u16(major)
    writer.u16(4)
    writer.u32(0)
    writer.u32(0)
    writer.u32(262_144)
    writer.u32(link)
  }

  func adding(_ packet: [UInt8], seconds: UInt32 = 1, fraction: UInt32 = 0, captured: UInt32? = nil, length: UInt32? = nil)
    -> Self
  {
    var file = self
    file.writer.u32(seconds)
    file.writer.u32(fraction)
    file.writer.u32(captured ?? UInt32(packet.count))
    file.writer.u32(length ?? UInt32(packet.count))
    file.writer.raw(packet)
    return file
  }

  var bytes: [UInt8] { writer.bytes }
}

/// A pcapng file in the making.
struct PcapngFile {
  struct Option {
    var code: UInt16
    var value: [UInt8]
  }

  private(set) var bytes: [UInt8] = []
  private(set) var order = ByteOrder.little

  func section(_ order: ByteOrder, major: UInt16 = 1, magic: UInt32 = 0x1a2b_3c4d) -> Self {
    var body = OrderedWriter(order)
    body.u32(magic)
    body.u16(major)
    body.u16(0)
    body.u64(.max)
    var file = self
    file.order = order
    return file.block(0x0a0d_0d0a, body.bytes)
  }

  func interface(link: UInt16 = 101, snapshot: UInt32 = 0, options: [Option] = []) -> Self {
    var body = OrderedWriter(order)
    body.u16(link)
    body.u16(0)
    body.u32(snapshot)
    for option in options {
      body.u16(option.code)
      body.u16(UInt16(option.value.count))
      body.raw(option.value)
      body.pad()
    }
    if !options.isEmpty { body.u32(0) }
    return block(1, body.bytes)
  }

  func enhanced(_ packet: [UInt8], interface: UInt32 = 0, ticks: UInt64 = 0, captured: UInt32? = nil, length: UInt32? = nil)
    -> Self
  {
    var body = OrderedWriter(order)
    body.u32(interface)
    body.u32(UInt32(ticks >> 32))
    body.u32(UInt32(truncatingIfNeeded: ticks))
    body.u32(captured ?? UInt32(packet.count))
    body.u32(length ?? UInt32(packet.count))
    body.raw(packet)
    body.pad()
    // An option behind the packet: a comment.
    body.u16(1)
    body.u16(2)
    body.raw([0x68, 0x69, 0, 0])
    body.u32(0)
    return block(6, body.bytes)
  }

  func obsolete(_ packet: [UInt8], interface: UInt16 = 0, ticks: UInt64 = 0) -> Self {
    var body = OrderedWriter(order)
    body.u16(interface)
    body.u16(7)
    body.u32(UInt32(ticks >> 32))
    body.u32(UInt32(truncatingIfNeeded: ticks))
    body.u32(UInt32(packet.count))
    body.u32(UInt32(packet.count))
    body.raw(packet)
    body.pad()
    return block(2, body.bytes)
  }

  func simple(_ packet: [UInt8], length: UInt32? = nil) -> Self {
    var body = OrderedWriter(order)
    body.u32(length ?? UInt32(packet.count))
    body.raw(packet)
    body.pad()
    return block(3, body.bytes)
  }

  /// `length` and `trailer` stand in for the block's own where a test lies about them.
  func block(_ type: UInt32, _ body: [UInt8], length: UInt32? = nil, trailer: UInt32? = nil) -> Self {
    var writer = OrderedWriter(order)
    writer.u32(type)
    writer.u32(length ?? UInt32(body.count + 12))
    writer.raw(body)
    writer.u32(trailer ?? UInt32(body.count + 12))
    var file = self
    file.bytes += writer.bytes
    return file
  }
}

/// What comes out of a whole file: the frames, and the flaw that ended it.
struct ReadCapture: Equatable {
  var records: [CaptureRecord] = []
  var frames: [[UInt8]] = []
  var flaw: CaptureFlaw?

  init(_ bytes: [UInt8]) {
    bytes.withBytes { file in
      do throws(CaptureFlaw) {
        var reader = try CaptureFileReader(file)
        while let record = try reader.next(in: file) {
          records.append(record)
          frames.append(file.extracting(record.bytes).copied())
        }
      } catch {
        flaw = error
      }
    }
  }
}
