// SPDX-License-Identifier: Apache-2.0

/// User names as fwknop's packets can hold them.
enum FwknopName {
  /// The text is at most 64 characters in base64.
  private static let longest = 48

  static func isName(_ text: String) -> Bool {
    (1...longest).contains(text.utf8.count)
      && text.utf8.allSatisfy { (32...126).contains($0) && !"\"/\\[]:;|=,+*?<>".utf8.contains($0) }
  }
}
