// SPDX-License-Identifier: Apache-2.0

/// Why a capture file cannot be read, or not any further; offsets count bytes from the start of the file.
package enum CaptureFlaw: Error, Hashable, Sendable {
  /// Neither pcap nor pcapng.
  case unknownFormat
  /// A version of the format that this reader does not know.
  case unknownVersion(major: UInt16)
  /// The file ends inside a header, a record or a block.
  case truncated(at: Int)
  /// A length that contradicts the bytes around it.
  case wrongLength(at: Int)
  /// A packet longer than ``CaptureFileReader/maximumPacket``.
  case packetTooLong(at: Int)
  /// A packet of an interface that no block describes.
  case unknownInterface(at: Int)
  /// More interfaces in one section than ``CaptureFileReader/maximumInterfaces``.
  case tooManyInterfaces(at: Int)
  /// A time resolution that no clock has.
  case wrongResolution(at: Int)
}

extension CaptureFlaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownFormat: "neither pcap nor pcapng"
    case .unknownVersion(let major): "version \(major) of the capture format is not known"
    case .truncated(let offset): "the file is cut short inside what starts at byte \(offset)"
    case .wrongLength(let offset): "a length at byte \(offset) contradicts the bytes around it"
    case .packetTooLong(let offset): "the packet at byte \(offset) is longer than \(CaptureFileReader.maximumPacket) bytes"
    case .unknownInterface(let offset): "the packet at byte \(offset) is of an interface that the file does not describe"
    case .tooManyInterfaces(let offset):
      "the section has more than \(CaptureFileReader.maximumInterfaces) interfaces (byte \(offset))"
    case .wrongResolution(let offset): "the interface at byte \(offset) has a time resolution that no clock has"
    }
  }
}
