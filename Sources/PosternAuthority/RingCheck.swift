// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The check value of headers and slots: FNV-1a, 64 bits.
///
/// It guards against torn writes and bad disks. It does not guard against somebody who can write the file: he could as well
/// delete it.
enum RingCheck {
  static func value(of bytes: RawSpan) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for offset in 0..<bytes.byteCount {
      hash ^= UInt64(bytes.byte(offset))
      hash &*= 0x0000_0100_0000_01b3
    }
    return hash
  }
}

extension WireWriter {
  /// Appends the check value of everything from `start` on.
  mutating func check(from start: Int) {
    u64(bytes.withBytes { RingCheck.value(of: $0.extracting(start..<$0.byteCount)) })
  }
}

extension RawSpan {
  var isBlank: Bool {
    for offset in 0..<byteCount where byte(offset) != 0 { return false }
    return true
  }

  /// Whether the last eight bytes are the check value of all before them.
  var passesCheck: Bool {
    let end = byteCount - 8
    return end >= 0 && u64(at: end) == RingCheck.value(of: extracting(0..<end))
  }
}
