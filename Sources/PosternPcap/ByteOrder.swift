// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The byte order of the machine that captured: its numbers stand in the file as they stood in its memory.
package enum ByteOrder: Hashable, Sendable, CaseIterable {
  case big
  case little
}

extension RawSpan {
  /// The 16-bit number at `offset`; the caller has checked the length.
  func u16(at offset: Int, _ order: ByteOrder) -> UInt16 {
    switch order {
    case .big: u16(at: offset)
    case .little: u16(at: offset).byteSwapped
    }
  }

  /// The 32-bit number at `offset`; the caller has checked the length.
  func u32(at offset: Int, _ order: ByteOrder) -> UInt32 {
    switch order {
    case .big: u32(at: offset)
    case .little: u32(at: offset).byteSwapped
    }
  }

  /// The 64-bit number at `offset`; the caller has checked the length.
  func u64(at offset: Int, _ order: ByteOrder) -> UInt64 {
    switch order {
    case .big: u64(at: offset)
    case .little: u64(at: offset).byteSwapped
    }
  }
}
