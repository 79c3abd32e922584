// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// A compiled time zone (TZif, RFC 9636) as the host keeps it below `/usr/share/zoneinfo`.
package struct ZoneFile {
  /// How far ahead clocks are known; a daemon that compiles its configuration at least once in this time never runs out of them.
  package static let years = 10
  /// The longest file of the database has a few thousand bytes.
  package static let byteLimit = 65_536

  private struct Change {
    let at: Int64
    let offset: Int32
  }

  /// What counts before the first change.
  private let first: Int32
  private let changes: [Change]
  /// What counts behind the last change.
  private let rule: ZoneRule?

  /// Nil for another format, a contradiction, or the first version, which ends in 2037.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.byteLimit, let zone = bytes.withBytes({ bytes in try? Self.read(bytes) }) else { return nil }
    self = zone
  }

  private init(first: Int32, changes: [Change], rule: ZoneRule?) {
    self.first = first
    self.changes = changes
    self.rule = rule
  }

  /// The clocks from `now` on for ``years``; nil where the file does not tell so much, or makes no sense.
  package func localTime(from now: Timestamp) -> LocalTime? {
    let start = Int64(now.nanoseconds / 1_000_000_000)
    let end = start + Int64(Self.years) * 366 * 86_400
    let all = changes + ruled(from: start, until: end)
    let known = all.last { $0.at <= start }?.offset ?? first
    let coming = all.filter { $0.at > start && $0.at < end }.map { LocalTime.Change(at: UInt64($0.at), offset: $0.offset) }
    return LocalTime(offset: known, changes: coming, end: UInt64(end))
  }

  /// What the rule adds to the changes that are written out.
  private func ruled(from start: Int64, until end: Int64) -> [Change] {
    guard let rule else { return [] }
    let last = changes.last?.at ?? .min
    // A year more on each side: what counted last, and what differs from UTC.
    let years = CivilDay.year(ofSecond: start) - 1...CivilDay.year(ofSecond: end) + 1
    let ruled = years.flatMap { rule.changes(in: $0) }.map { Change(at: $0.at, offset: $0.offset) }.filter { $0.at > last }
    guard let constant = rule.constant, last < start else { return ruled }
    return [Change(at: max(last, start - 1), offset: constant)] + ruled
  }

  // MARK: The format

  private struct Counts {
    let isUT: Int
    let isStandard: Int
    let leaps: Int
    let times: Int
    let types: Int
    let characters: Int

    /// Bytes of a block whose times take `width` bytes.
    func blockBytes(width: Int) -> Int {
      times * (width + 1) + types * 6 + characters + leaps * (width + 4) + isStandard + isUT
    }
  }

  private static let headerBytes = 44

  private static func read(_ bytes: RawSpan) throws(WireError) -> ZoneFile {
    var reader = WireReader(bytes)
    let old = try counts(&reader)
    try reader.skip(old.blockBytes(width: 4))
    let counts = try counts(&reader)
    guard counts.types > 0 else { throw .malformed }
    var times: [Int64] = []
    for _ in 0..<counts.times { times.append(Int64(bitPattern: try reader.u64())) }
    let kinds = try reader.bytes(counts.times)
    var offsets: [Int32] = []
    for _ in 0..<counts.types {
      offsets.append(Int32(bitPattern: try reader.u32()))
      try reader.skip(2)
    }
    try reader.skip(counts.characters + counts.leaps * 12 + counts.isStandard + counts.isUT)
    guard kinds.allSatisfy({ Int($0) < counts.types }) else { throw .malformed }
    let changes = zip(times, kinds).map { Change(at: $0, offset: offsets[Int($1)]) }
    return ZoneFile(first: offsets[0], changes: changes, rule: try footer(&reader))
  }

  private static func counts(_ reader: inout WireReader) throws(WireError) -> Counts {
    guard try reader.bytes(4) == Array("TZif".utf8), try reader.u8() >= UInt8(ascii: "2") else { throw .malformed }
    try reader.skip(15)
    var numbers: [Int] = []
    for _ in 0..<6 {
      let number = try reader.u32()
      guard number <= byteLimit else { throw .malformed }
      numbers.append(Int(number))
    }
    return Counts(
      isUT: numbers[0], isStandard: numbers[1], leaps: numbers[2], times: numbers[3], types: numbers[4], characters: numbers[5])
  }

  /// A line between line feeds; an empty one tells of no rule.
  private static func footer(_ reader: inout WireReader) throws(WireError) -> ZoneRule? {
    let line = try reader.bytes(reader.remaining)
    guard line.count >= 2, line.first == UInt8(ascii: "\n"), line.last == UInt8(ascii: "\n") else { throw .malformed }
    let text = line.dropFirst().dropLast()
    guard !text.isEmpty else { return nil }
    guard let rule = ZoneRule(Array(text)) else { throw .malformed }
    return rule
  }
}
