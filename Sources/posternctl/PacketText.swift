// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
internal import PosternWire

/// A packet as people paste it: hexadecimal digits, blanks and colons among them as they like, and perhaps its time in front.
package struct PacketText: Hashable, Sendable {
  package let time: Timestamp?
  package let bytes: [UInt8]

  /// Nil for what is no such line.
  package init?(_ line: some StringProtocol) {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
    let stamp = words.first.flatMap { Timestamp(rfc3339: $0) }
    let digits = words.dropFirst(stamp == nil ? 0 : 1).joined().filter { $0 != ":" }
    guard !digits.isEmpty, let bytes = Hex.decode(digits) else { return nil }
    time = stamp
    self.bytes = bytes
  }

  /// Whether a line of a file holds nothing: blank, or a comment behind `#`.
  package static func isBlank(_ line: some StringProtocol) -> Bool {
    guard let first = line.first(where: { $0 != " " && $0 != "\t" && $0 != "\r" }) else { return true }
    return first == "#"
  }
}
