// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension WireReader {
  mutating func weekHours() throws(WireError) -> WeekHours {
    let spans = try list(1...WeekHours.maximumSpans) { (reader) throws(WireError) in
      let (lower, upper) = (try reader.u16(), try reader.u16())
      guard lower < upper else { throw .malformed }
      return lower..<upper
    }
    guard let hours = WeekHours(spans: spans, zone: try localTime()) else { throw .malformed }
    return hours
  }

  private mutating func localTime() throws(WireError) -> LocalTime {
    let offset = Int32(bitPattern: try u32())
    let changes = try list(0...LocalTime.maximumChanges) { (reader) throws(WireError) in
      LocalTime.Change(at: try reader.u64(), offset: Int32(bitPattern: try reader.u32()))
    }
    guard let zone = LocalTime(offset: offset, changes: changes, end: try u64()) else { throw .malformed }
    return zone
  }
}

extension WireWriter {
  mutating func weekHours(_ hours: WeekHours) {
    list(hours.spans) {
      $0.u16($1.lowerBound)
      $0.u16($1.upperBound)
    }
    u32(UInt32(bitPattern: hours.zone.offset))
    list(hours.zone.changes) {
      $0.u64($1.at)
      $0.u32(UInt32(bitPattern: $1.offset))
    }
    u64(hours.zone.end)
  }
}
