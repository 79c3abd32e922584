// SPDX-License-Identifier: Apache-2.0

/// Reads seconds; a comment may follow, which atoi(3) never saw.
enum KnockdNumber {
  /// A day: longer waits are mistakes.
  private static let most: UInt32 = 86_400

  /// Nil after a refusal.
  static func seconds(_ value: ForeignValue, _ notes: inout ImportNotes) -> UInt32? {
    let text = value.text.cut(before: "#").trimmed
    guard text.isDecimal, let seconds = UInt32(text), (1...most).contains(seconds) else {
      notes.refuse(
        "\(text.quoted) is no time from 1 to \(most) seconds; knockd reads 0 for what is no number", at: value.position)
      return nil
    }
    return seconds
  }
}
