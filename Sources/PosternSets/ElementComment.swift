// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// The comment of an element that we write: `nft list set` prints it on terminals, so it holds harmless characters only.
package struct ElementComment: Hashable, Sendable, CustomStringConvertible {
  /// NFTNL_UDATA_COMMENT_MAXLEN (128) less the closing zero.
  package static let longest = 127

  package let description: String

  /// Nil for an empty text, more than ``longest`` bytes, or a character outside `[A-Za-z0-9 ._:@/-]`.
  package init?(_ text: String) {
    guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isHarmless) else { return nil }
    description = text
  }

  /// A lease's comment always fits: three names of 32 characters, a lease id and three separators.
  package init(_ lease: LeaseComment) { description = lease.description }

  private static func isHarmless(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
