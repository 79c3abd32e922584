// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// `[defence]`: what speaks against a source, and how long it is banned then.
  package struct Defence: Sendable {
    package let evidence: EvidenceLimits
    package let bans: BanRules
  }
}

extension Configuration.Defence {
  /// Nil where the configuration has no such table: then nobody is banned but by knocks.
  static func read(_ section: inout Section) -> Configuration.Defence? {
    guard section.entry("defence") != nil else { return nil }
    return section.table("defence") { Configuration.Defence(&$0) }
  }

  private init(_ section: inout Section) {
    let table = section.text("table", TextForm("a table like \"inet postern\"", DoorSets.Table.init))?.value
    let perMinute = section.count("bans-per-minute", in: TableLimits.bansPerMinute) ?? 60
    let bans = 1...TableLimits.longestBan
    let longest = section.text("longest", .lease, in: bans, DurationText.text(seconds:))
    let timeout = section.text("timeout", .lease, in: bans, DurationText.text(seconds:))
    let most = longest?.value ?? max(86_400, timeout?.value ?? 0)
    if let timeout, timeout.value > most {
      section.complain("\"timeout\" must not be longer than \"longest\"", at: timeout.position)
    }
    let windows = TableLimits.evidenceWindows
    let window = section.text("window", .span, in: windows, DurationText.text)?.value ?? .seconds(60)
    // A ban that is shorter than the window: what comes behind it counts.
    let first = min(timeout?.value ?? 600, most)
    evidence = EvidenceLimits(
      window: window, pause: min(window, .seconds(Int64(first))),
      ports: section.evidence("ports") ?? 8, refusals: section.evidence("refusals") ?? 20,
      codes: section.evidence("codes") ?? 5, suspectsPerMinute: perMinute)
    let never = section.texts("never", .prefix, 0...TableLimits.neverBanned) ?? []
    self.bans = BanRules(
      family: table?.family ?? .inet, table: table?.name ?? "postern", timeout: first, longest: most,
      bansPerMinute: perMinute, never: never.map(\.value))
  }
}

extension Section {
  /// How much of one kind of evidence makes a suspect.
  fileprivate mutating func evidence(_ key: String) -> UInt32? { count(key, in: TableLimits.evidenceCounts) }

  fileprivate mutating func count(_ key: String, in range: ClosedRange<UInt32>) -> UInt32? {
    integer(key, in: Int64(range.lowerBound)...Int64(range.upperBound)).map { UInt32(clamping: $0.value) }
  }
}
