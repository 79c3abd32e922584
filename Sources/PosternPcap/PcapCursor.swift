// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// The pcap format (draft-ietf-opsawg-pcap): a header of 24 bytes, then records of one link type.
struct PcapCursor: Sendable {
  private enum Header {
    static let length = 24
    static let major = 4
    static let link = 20
    /// The upper bits tell of frame check sequences, which come behind the packet and change nothing.
    static let linkMask: UInt32 = 0xffff
    static let version: UInt16 = 2
  }

  private enum Record {
    static let headerLength = 16
    static let fraction = 4
    static let captured = 8
    static let length = 12
  }

  private enum Magic {
    static let microseconds: UInt32 = 0xa1b2_c3d4
    static let nanoseconds: UInt32 = 0xa1b2_3c4d
  }

  private let order: ByteOrder
  /// Of the fraction's unit.
  private let nanosecondsPerUnit: UInt64
  private let linkType: UInt16
  private var offset = Header.length

  static func recognises(_ file: RawSpan) -> Bool { form(of: file) != nil }

  init(_ file: RawSpan) throws(CaptureFlaw) {
    guard let form = Self.form(of: file) else { throw .unknownFormat }
    guard file.byteCount >= Header.length else { throw .truncated(at: 0) }
    let major = file.u16(at: Header.major, form.order)
    guard major == Header.version else { throw .unknownVersion(major: major) }
    order = form.order
    nanosecondsPerUnit = form.nanosecondsPerUnit
    linkType = UInt16(truncatingIfNeeded: file.u32(at: Header.link, order) & Header.linkMask)
  }

  mutating func next(in file: RawSpan) throws(CaptureFlaw) -> CaptureRecord? {
    guard offset < file.byteCount else { return nil }
    guard file.byteCount - offset >= Record.headerLength else { throw .truncated(at: offset) }
    let captured = Int(file.u32(at: offset + Record.captured, order))
    guard captured <= CaptureFileReader.maximumPacket else { throw .packetTooLong(at: offset) }
    let start = offset + Record.headerLength
    guard file.byteCount - start >= captured else { throw .truncated(at: offset) }
    let record = CaptureRecord(
      time: time(file), linkType: linkType, order: order, bytes: start..<start + captured,
      length: max(captured, Int(file.u32(at: offset + Record.length, order))))
    offset = start + captured
    return record
  }

  private func time(_ file: RawSpan) -> Timestamp {
    let seconds = UInt64(file.u32(at: offset, order))
    let fraction = UInt64(file.u32(at: offset + Record.fraction, order))
    return Timestamp(nanoseconds: seconds * 1_000_000_000 + fraction * nanosecondsPerUnit)
  }

  private static func form(of file: RawSpan) -> (order: ByteOrder, nanosecondsPerUnit: UInt64)? {
    guard file.byteCount >= 4 else { return nil }
    for order in ByteOrder.allCases {
      switch file.u32(at: 0, order) {
      case Magic.microseconds: return (order, 1000)
      case Magic.nanoseconds: return (order, 1)
      default: continue
      }
    }
    return nil
  }
}
