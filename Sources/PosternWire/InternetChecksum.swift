// SPDX-License-Identifier: Apache-2.0

/// The ones' complement sum of IP, UDP, TCP and ICMP (RFC 1071).
///
/// Pieces are added in any order; each but the last must have an even length. Room for 2^32 words, far beyond any packet.
package struct InternetChecksum: Hashable, Sendable {
  private var sum: UInt64 = 0

  package init() {}

  /// Adds eight bytes at a time: a ones' complement sum may be taken in wider words and folded at the end (section 2 C).
  package mutating func add(_ bytes: RawSpan) {
    let count = bytes.byteCount
    var offset = 0
    while offset &+ 8 <= count {
      add(bytes.u64(at: offset))
      offset &+= 8
    }
    while offset &+ 2 <= count {
      add(bytes.u16(at: offset))
      offset &+= 2
    }
    if offset < count { add(UInt16(bytes.byte(offset)) << 8) }
  }

  package mutating func add(_ word: UInt16) { sum &+= UInt64(word) }
  package mutating func add(_ word: UInt32) { sum &+= UInt64(word) }
  package mutating func add(_ word: UInt64) { sum &+= (word >> 32) &+ (word & 0xffff_ffff) }

  package mutating func add(_ words: Bytes16) {
    add(words.high)
    add(words.low)
  }

  /// The 16-bit sum, not complemented: 0xffff over data whose checksum field is right.
  package var folded: UInt16 {
    var value = sum
    while value > 0xffff { value = (value >> 16) + (value & 0xffff) }
    return UInt16(truncatingIfNeeded: value)
  }

  /// What belongs into the checksum field when the sum was taken with zeros there.
  package var field: UInt16 { ~folded }
}
