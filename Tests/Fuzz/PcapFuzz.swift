// SPDX-License-Identifier: Apache-2.0
import PosternPcap
import PosternWire

/// Any bytes as a capture file: reading ends, each record lies behind the one before, and what a frame gives lies inside the frame.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPcap(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  bytes.withBytes { file in
    guard var reader = try? CaptureFileReader(file) else { return }
    var end = 0
    while let record = try? reader.next(in: file) {
      precondition(record.bytes.lowerBound > end && record.bytes.upperBound <= file.byteCount)
      precondition(record.bytes.count <= CaptureFileReader.maximumPacket && record.bytes.count <= record.length)
      end = record.bytes.upperBound
      open(file.extracting(record.bytes), record)
    }
  }
  return 0
}

private func open(_ frame: RawSpan, _ record: CaptureRecord) {
  guard let opened = try? LinkFrame(frame, of: record) else { return }
  precondition(opened.packet.upperBound <= frame.byteCount && (opened.prefix?.upperBound ?? 0) <= frame.byteCount)
  _ = try? PacketView(frame.extracting(opened.packet)).payload.byteCount
}
