// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

extension Configuration {
  /// `[limits]`: what one key, user or door may use up.
  package struct Limits: Sendable {
    /// Knocks that one key may spend at once, and how long one takes to come back.
    package let keyBurst: UInt32
    package let keyRefill: Timestamp.Span
    /// Of one user.
    package let grantsPerMinute: UInt32
    /// Open leases of one user at one door.
    package let leasesPerDoor: UInt32
    /// Curve operations a second.
    package let curveBudget: UInt32
    package let position: ConfigPosition

    static let standard = Limits(
      keyBurst: 10, keyRefill: .seconds(5), grantsPerMinute: 60, leasesPerDoor: 8, curveBudget: 4000,
      position: ConfigPosition(file: "", line: 1, column: 1))
  }
}

extension Configuration.Limits {
  /// Enough for any bench; a typing mistake of some digits is caught.
  private static let counts: ClosedRange<Int64> = 1...1_000_000
  private static let refills = Timestamp.Span.milliseconds(1)...Timestamp.Span.seconds(3600)

  init(_ section: inout Section) {
    func count(_ key: String, _ standard: UInt32) -> UInt32 {
      section.integer(key, in: Self.counts).map { UInt32(clamping: $0.value) } ?? standard
    }
    keyBurst = count("key-burst", Self.standard.keyBurst)
    keyRefill = section.text("key-refill", .span, in: Self.refills, DurationText.text)?.value ?? Self.standard.keyRefill
    grantsPerMinute = count("grants-per-minute", Self.standard.grantsPerMinute)
    leasesPerDoor = count("leases-per-door", Self.standard.leasesPerDoor)
    curveBudget = count("curve-budget", Self.standard.curveBudget)
    position = section.position
  }
}
