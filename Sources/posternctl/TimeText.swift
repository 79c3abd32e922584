// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Moments as operators write them.
package enum TimeText {
  /// RFC 3339 in UTC, or seconds since 1970 with up to nine decimals; nil for anything else.
  package static func timestamp(_ text: String) -> Timestamp? { Timestamp(rfc3339: text) ?? seconds(text) }

  private static func seconds(_ text: String) -> Timestamp? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy(isDigits), let whole = UInt64(parts[0]) else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : "0"
    guard fraction.utf8.count <= 9, let part = UInt64(fraction + String(repeating: "0", count: 9 - fraction.utf8.count)) else {
      return nil
    }
    let (product, tooLate) = whole.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow) = product.addingReportingOverflow(part)
    return tooLate || overflow ? nil : Timestamp(nanoseconds: sum)
  }

  private static func isDigits(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } }
}
