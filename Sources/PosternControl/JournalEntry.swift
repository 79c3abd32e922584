// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// One entry in the form that the journal's native socket takes: `FIELD=value` a line.
///
/// A value with a line feed or another control character goes behind its length, so that no value can begin a field.
package struct JournalEntry: Hashable, Sendable {
  /// The levels of syslog(3) that are used.
  package enum Priority: UInt8, Hashable, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case information = 6
  }

  package private(set) var bytes: [UInt8] = []

  package init(_ message: String, id: String, priority: Priority, identifier: String) {
    put("MESSAGE", message)
    put("MESSAGE_ID", id)
    put("PRIORITY", "\(priority.rawValue)")
    put("SYSLOG_IDENTIFIER", identifier)
  }

  /// A field may be put more than once: the journal keeps all values.
  package mutating func put(_ field: StaticString, _ value: String) {
    bytes += field.description.utf8
    if value.utf8.contains(where: { $0 < 0x20 }) {
      bytes.append(UInt8(ascii: "\n"))
      putLength(UInt64(value.utf8.count))
    } else {
      bytes.append(UInt8(ascii: "="))
    }
    bytes += value.utf8
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Little-endian, in 64 bits.
  private mutating func putLength(_ length: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
  }
}
