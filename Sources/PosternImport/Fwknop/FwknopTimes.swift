// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

/// Times of access.conf.
enum FwknopTimes {
  /// What fwknopd takes for FW_ACCESS_TIMEOUT and MAX_FW_TIMEOUT when nobody sets them.
  static let standardLease: UInt32 = 30
  static let standardLongest: UInt32 = 300

  /// Seconds; the digits that the text begins with, as fwknopd reads it, or nil after a refusal.
  static func seconds(_ value: ForeignValue, _ notes: inout ImportNotes) -> UInt32? {
    let digits = value.text.utf8.prefix { (48...57).contains($0) }
    guard let seconds = UInt32(String(decoding: digits, as: UTF8.self)) else {
      notes.refuse("\(value.text.quoted) is no number of seconds", at: value.position)
      return nil
    }
    if digits.count != value.text.utf8.count { notes.remark("\(value.text.quoted) counts as \(seconds)", at: value.position) }
    if seconds > TableLimits.longestLease { notes.gap("a lease ends after at most a day", at: value.position) }
    return seconds
  }

  /// The moment from which a stanza counts no more.
  static func end(_ stanza: FwknopStanza, _ notes: inout ImportNotes) -> String? {
    if let epoch = stanza["ACCESS_EXPIRE_EPOCH"] {
      guard let seconds = UInt64(epoch.text), seconds > 0, seconds <= UInt64(UInt32.max) else {
        notes.refuse("\(epoch.text.quoted) is no time in seconds since 1970", at: epoch.position)
        return nil
      }
      return Timestamp(nanoseconds: seconds * 1_000_000_000).rfc3339
    }
    guard let date = stanza["ACCESS_EXPIRE"] else { return nil }
    let parts = date.text.parts("/")
    guard parts.count == 3, parts.allSatisfy(\.isDecimal), parts[2].utf8.count == 4,
      let time = Timestamp(rfc3339: "\(parts[2])-\(padded(parts[0]))-\(padded(parts[1]))T00:00:00Z")
    else {
      notes.refuse("\(date.text.quoted) is no day like MM/DD/YYYY", at: date.position)
      return nil
    }
    notes.remark("the day begins at midnight UTC, where fwknopd took the host's own time", at: date.position)
    return time.rfc3339
  }

  private static func padded(_ text: String) -> String { text.utf8.count == 1 ? "0" + text : text }
}
