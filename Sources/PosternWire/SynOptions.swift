// SPDX-License-Identifier: Apache-2.0

/// What the TCP options of a SYN say of its sender's system. Allocates nothing.
struct SynOptions {
  private(set) var layout = TCPOptionLayout()
  private(set) var segmentSize: UInt16 = 0
  private(set) var windowScale: UInt8 = 0
  private(set) var quirks: SynQuirks = []

  /// RFC 7323 section 2.3: more than this must not be used.
  private static let greatestScale: UInt8 = 14

  /// Reads until the end, or until a length lies, which is a quirk. Nil for more options than any system sends.
  init?(_ options: RawSpan) {
    var offset = 0
    while offset < options.byteCount {
      let kind = options.byte(offset)
      guard layout.append(kind) else { return nil }
      if kind == TCPOptionLayout.Kind.end {
        end(options.extracting(droppingFirst: offset + 1))
        return
      }
      guard let length = Self.length(of: kind, options.extracting(droppingFirst: offset)) else {
        quirks.insert(.malformed)
        return
      }
      read(kind, options.extracting(offset..<(offset + length)))
      offset += length
    }
  }

  /// Nil where the length contradicts the kind or the room that is left.
  private static func length(of kind: UInt8, _ rest: RawSpan) -> Int? {
    if kind == TCPOptionLayout.Kind.padding { return 1 }
    guard rest.byteCount >= 2 else { return nil }
    let length = Int(rest.byte(1))
    guard length >= 2, length <= rest.byteCount else { return nil }
    switch kind {
    case TCPOptionLayout.Kind.segmentSize: return length == 4 ? length : nil
    case TCPOptionLayout.Kind.windowScale: return length == 3 ? length : nil
    case TCPOptionLayout.Kind.selectivePermitted: return length == 2 ? length : nil
    case TCPOptionLayout.Kind.timestamps: return length == 10 ? length : nil
    default: return length
    }
  }

  private mutating func read(_ kind: UInt8, _ option: RawSpan) {
    switch kind {
    case TCPOptionLayout.Kind.segmentSize: segmentSize = option.u16(at: 2)
    case TCPOptionLayout.Kind.windowScale:
      windowScale = option.byte(2)
      if windowScale > Self.greatestScale { quirks.insert(.excessiveScale) }
    case TCPOptionLayout.Kind.timestamps:
      if option.u32(at: 2) == 0 { quirks.insert(.ownTimestampZero) }
      if option.u32(at: 6) != 0 { quirks.insert(.peerTimestamp) }
    default: break
    }
  }

  private mutating func end(_ rest: RawSpan) {
    layout.bytesBehindEnd = UInt8(truncatingIfNeeded: rest.byteCount)
    for offset in 0..<rest.byteCount where rest.byte(offset) != 0 { quirks.insert(.dataBehindEnd) }
  }
}
