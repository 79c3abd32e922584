// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What a packet that fits asks for.
package enum HeaderTarget: Hashable, Sendable {
  package static let tableCounts = 1...64
  /// The rest behind "10", read as a number.
  package static let stripped: ClosedRange<UInt16> = 1...999

  /// The key's door.
  case door
  /// The TCP port that is left of the destination port's digits when the leading "10" is taken away: 1022 asks for 22.
  case strip10
  /// The TCP port so far below the destination port.
  case subtract(UInt16)
  /// The TCP port that the table gives for the destination port.
  case table([Entry])

  package struct Entry: Hashable, Sendable {
    package var knocked: Port
    package var opened: Port

    package init(knocked: Port, opened: Port) {
      self.knocked = knocked
      self.opened = opened
    }
  }

  /// The port that a destination port asks for; nil for none. A door has no such port.
  package func port(for destination: UInt16) -> Port? {
    switch self {
    case .door: return nil
    case .strip10:
      let digits = String(destination)
      guard digits.hasPrefix("10"), let rest = UInt16(digits.dropFirst(2)), Self.stripped.contains(rest) else { return nil }
      return Port(rest)
    case .subtract(let distance): return destination > distance ? Port(destination - distance) : nil
    case .table(let entries): return entries.first { $0.knocked.number == destination }?.opened
    }
  }
}

extension HeaderTarget {
  init(_ reader: inout WireReader) throws(WireError) {
    switch try reader.u8() {
    case 0: self = .door
    case 1: self = .strip10
    case 2: self = .subtract(try reader.u16())
    case 3:
      self = .table(
        try reader.list(Self.tableCounts) { (reader) throws(WireError) in
          Entry(knocked: try reader.port(), opened: try reader.port())
        })
    default: throw .malformed
    }
  }

  func put(to writer: inout WireWriter) {
    switch self {
    case .door: writer.u8(0)
    case .strip10: writer.u8(1)
    case .subtract(let distance):
      writer.u8(2)
      writer.u16(distance)
    case .table(let entries):
      writer.u8(3)
      writer.list(entries) {
        $0.u16($1.knocked.number)
        $0.u16($1.opened.number)
      }
    }
  }
}
