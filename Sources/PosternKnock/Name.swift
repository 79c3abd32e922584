// SPDX-License-Identifier: Apache-2.0

/// The name of a user, a client key or a door: `[a-z0-9][a-z0-9._-]{0,31}`.
///
/// The narrow alphabet is what lets names stand in element comments, file names and logs without any escaping.
package struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
  package static let maximumLength = 32
  package let description: String

  /// Nil when the text is not a name.
  package init?(_ text: some StringProtocol) {
    let bytes = text.utf8
    guard (1...Self.maximumLength).contains(bytes.count), let first = bytes.first, Self.starts(first),
      bytes.allSatisfy(Self.continues)
    else { return nil }
    description = String(text)
  }

  package static func < (left: Name, right: Name) -> Bool { left.description < right.description }

  private static func starts(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func continues(_ byte: UInt8) -> Bool {
    starts(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
}
