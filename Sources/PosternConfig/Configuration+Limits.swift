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
  fileprivate static let counts: ClosedRange<Int64> = 1...1_000_000
  fileprivate static let refills = Timestamp.Span.milliseconds(1)...Timestamp.Span.seconds(3600)

  init(_ section: inout Section) {
    keyBurst = section.count("key-burst") ?? Self.standard.keyBurst
    keyRefill = section.refill("key-refill") ?? Self.standard.keyRefill
    grantsPerMinute = section.count("grants-per-minute") ?? Self.standard.grantsPerMinute
    leasesPerDoor = section.count("leases-per-door") ?? Self.standard.leasesPerDoor
    curveBudget = section.count("curve-budget") ?? Self.standard.curveBudget
    position = section.position
  }
}

extension Section {
  /// How many of something; nil where the key is absent or wrong.
  mutating func count(_ key: String) -> UInt32? {
    integer(key, in: Configuration.Limits.counts).map { UInt32(clamping: $0.value) }
  }

  /// How long one knock takes to come back.
  mutating func refill(_ key: String) -> Timestamp.Span? {
    text(key, .span, in: Configuration.Limits.refills, DurationText.text)?.value
  }
}
