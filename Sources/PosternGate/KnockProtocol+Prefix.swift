// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

extension KnockProtocol {
  /// The protocol that an NFLOG prefix names: exactly a protocol's name, optionally `:instance`; nil for any other.
  package init?(prefix: RawSpan) {
    guard let packed = Self.packed(prefix) else { return nil }
    for entry in Self.prefixes where entry.packed == packed {
      self = entry.knockProtocol
      return
    }
    return nil
  }

  /// This is asked of every packet: names as one number each compare without a look at a string.
  private static let prefixes: [(packed: UInt64, knockProtocol: KnockProtocol)] = named.compactMap { candidate in
    Array(candidate.description.utf8).withBytes { packed($0) }.map { ($0, candidate) }
  }

  /// Whether the prefix is that of rules that log what is no knock.
  static func isTouch(_ prefix: RawSpan) -> Bool { packed(prefix) == touch }

  private static let touch = Array("touch".utf8).withBytes { packed($0) }

  /// Up to eight characters before the colon; nil for none and for more.
  private static func packed(_ prefix: RawSpan) -> UInt64? {
    var packed: UInt64 = 0
    for offset in 0..<prefix.byteCount {
      let character = prefix.byte(offset)
      guard character != UInt8(ascii: ":") else { break }
      guard offset < 8, character != 0 else { return nil }
      packed = packed << 8 | UInt64(character)
    }
    return packed == 0 ? nil : packed
  }
}
