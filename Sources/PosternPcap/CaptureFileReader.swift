// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Reads a capture file, pcap or pcapng, record by record: a cursor over bytes that the caller keeps.
///
/// Hostile files cost time in proportion to their length and memory for ``maximumInterfaces`` interfaces, nothing else.
package struct CaptureFileReader: Sendable {
  /// The largest snapshot length that tcpdump sets; what a record claims beyond it is no packet.
  package static let maximumPacket = 262_144
  /// Far more than any machine has.
  package static let maximumInterfaces = 4096

  private enum Format: Sendable {
    case pcap(PcapCursor)
    case pcapng(PcapngCursor)
  }

  private var format: Format

  /// Reads the head of the file. Throws ``CaptureFlaw/unknownFormat`` for what is no capture at all.
  package init(_ file: RawSpan) throws(CaptureFlaw) {
    guard Self.recognises(file) else { throw .unknownFormat }
    format = PcapngCursor.recognises(file) ? .pcapng(try PcapngCursor(file)) : .pcap(try PcapCursor(file))
  }

  /// Whether the bytes start as a capture file does.
  package static func recognises(_ file: RawSpan) -> Bool { PcapngCursor.recognises(file) || PcapCursor.recognises(file) }

  /// The next packet; nil at the end of the file. `file` is the bytes that the reader was made for. After an error nothing more can be
  /// read: there is no way to find where the next record starts.
  package mutating func next(in file: RawSpan) throws(CaptureFlaw) -> CaptureRecord? {
    switch format {
    case .pcap(var cursor):
      defer { format = .pcap(cursor) }
      return try cursor.next(in: file)
    case .pcapng(var cursor):
      defer { format = .pcapng(cursor) }
      return try cursor.next(in: file)
    }
  }
}
