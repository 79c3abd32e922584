// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

/// A file of one-time sequences, as knockd reads it: one a line, with commas; blank lines and those that begin with `#` are used or say
/// nothing. Steps may be written either way, `7000:udp` or `udp/7000`.
///
/// The number of a line is its place in the file, and what was used is remembered by that: lines are added at the end, or commented out,
/// but not removed.
package struct KnockdLines: Hashable, Sendable {
  package private(set) var lines: [KnockdCredential.Line] = []
  /// Lines that are passed over because they make no sense, counted from one.
  package private(set) var senseless: [Int] = []

  package init(_ text: [UInt8], flags: TCPFlagTest) {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, bytes) in lines.enumerated() {
      let line = String(decoding: bytes, as: UTF8.self)
      guard !line.isBlank, !line.hasPrefix("#") else { continue }
      if let steps = Self.steps(line, flags) {
        self.lines.append(KnockdCredential.Line(number: UInt32(clamping: number), steps: steps))
      } else {
        senseless.append(number + 1)
      }
    }
  }

  /// Nil for what is no sequence, or too long a one.
  static func steps(_ text: String, _ flags: TCPFlagTest) -> [KnockdStep]? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
    let steps = words.compactMap { KnockdStep($0, flags: flags) ?? KnockdStep(knockd: $0, flags: flags) }
    return steps.count == words.count && KnockdCredential.stepCounts.contains(steps.count) ? steps : nil
  }
}

extension StringProtocol {
  fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

  fileprivate var trimmed: String {
    String(String(drop { $0.isWhitespace }.reversed()).drop { $0.isWhitespace }.reversed())
  }
}
