// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// One packet whose header is the knock: the fields that it must have, and what it then asks for. Nothing in it is secret.
package struct HeaderCredential: Hashable, Sendable {
  package static let conditionCounts = 0...HeaderField.allCases.count
  package static let allowedCounts = 0...64
  /// Each packet that rules log for this protocol is compared with every key.
  package static let most = 64

  /// What carries the fields.
  package enum Carrier: UInt8, Hashable, Sendable, CaseIterable {
    case tcp = 1
    case udp = 2
    /// ICMP, and over IPv6 ICMPv6.
    case icmp = 3
  }

  /// A field whose value must lie in a range.
  package struct Condition: Hashable, Sendable {
    package var field: HeaderField
    package var range: ClosedRange<UInt32>

    package init(_ field: HeaderField, _ range: ClosedRange<UInt32>) {
      self.field = field
      self.range = range
    }
  }

  package var carrier: Carrier
  /// Of these TCP flags exactly ``flagsSet`` must be set.
  package var flagsAsked: UInt8
  package var flagsSet: UInt8
  /// No field twice, in the order of their numbers.
  package var conditions: [Condition]
  package var target: HeaderTarget
  /// The only ports that may come of ``target``; empty for any.
  package var allowed: [Port]

  package init(
    carrier: Carrier, flagsAsked: UInt8, flagsSet: UInt8, conditions: [Condition], target: HeaderTarget, allowed: [Port]
  ) {
    self.carrier = carrier
    self.flagsAsked = flagsAsked
    self.flagsSet = flagsSet
    self.conditions = conditions
    self.target = target
    self.allowed = allowed
  }
}

extension HeaderCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    guard let carrier = Carrier(rawValue: try reader.u8()) else { throw .malformed }
    let flagsAsked = try reader.u8()
    let flagsSet = try reader.u8()
    guard flagsSet & ~flagsAsked == 0, carrier == .tcp || flagsAsked == 0 else { throw .malformed }
    let conditions = try reader.list(Self.conditionCounts) { (reader) throws(WireError) in try Condition(&reader, carrier) }
    guard zip(conditions, conditions.dropFirst()).allSatisfy({ $0.field.rawValue < $1.field.rawValue }) else { throw .malformed }
    let target = try HeaderTarget(&reader)
    guard carrier != .icmp || target == .door else { throw .malformed }
    self.init(
      carrier: carrier, flagsAsked: flagsAsked, flagsSet: flagsSet, conditions: conditions, target: target,
      allowed: try reader.list(Self.allowedCounts) { (reader) throws(WireError) in try reader.port() })
  }

  func put(to writer: inout WireWriter) {
    writer.u8(carrier.rawValue)
    writer.u8(flagsAsked)
    writer.u8(flagsSet)
    writer.list(conditions) { $1.put(to: &$0) }
    target.put(to: &writer)
    writer.list(allowed) { $0.u16($1.number) }
  }
}

extension HeaderCredential.Condition {
  fileprivate init(_ reader: inout WireReader, _ carrier: HeaderCredential.Carrier) throws(WireError) {
    guard let field = HeaderField(rawValue: try reader.u8()), field.isIn(carrier) else { throw .malformed }
    let last = try reader.number(in: 0...field.largest)
    self.init(field, try reader.number(in: 0...last)...last)
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u8(field.rawValue)
    writer.u32(range.upperBound)
    writer.u32(range.lowerBound)
  }
}
