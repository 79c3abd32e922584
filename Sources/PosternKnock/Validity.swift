// SPDX-License-Identifier: Apache-2.0

/// When something counts: from `notBefore` to before `notAfter`; nil leaves that side open.
package struct Validity: Hashable, Sendable {
  package var notBefore: Timestamp?
  package var notAfter: Timestamp?

  package init(notBefore: Timestamp? = nil, notAfter: Timestamp? = nil) {
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  package static let always = Validity()

  package func contains(_ now: Timestamp) -> Bool {
    if let notBefore, now < notBefore { return false }
    if let notAfter, now >= notAfter { return false }
    return true
  }

  /// Whole seconds until the end, rounded down; nil when there is none.
  package func secondsLeft(at now: Timestamp) -> UInt64? {
    guard let notAfter else { return nil }
    return now >= notAfter ? 0 : (notAfter.nanoseconds - now.nanoseconds) / 1_000_000_000
  }
}
