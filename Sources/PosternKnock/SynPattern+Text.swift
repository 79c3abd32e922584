// SPDX-License-Identifier: Apache-2.0
import PosternWire

extension SynPattern: LosslessStringConvertible {
  /// The longest text that is read: 16 options with numbers and all quirks fit in twice.
  package static let textBytes = 255

  /// Eight fields with colons between. Also the raw form of a SYN that was seen (``SynSignature``), whose hops are added up. Nil for
  /// anything else.
  package init?(_ text: String) {
    guard text.utf8.count <= Self.textBytes else { return nil }
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 8, let version = Version(rawValue: String(fields[0])) else { return nil }
    guard let hops = Self.hops(fields[1]), let optionBytes = Self.number(fields[2], UInt8.self) else { return nil }
    let windows = fields[4].split(separator: ",", omittingEmptySubsequences: false)
    guard windows.count == 2, let window = Window(windows[0]) else { return nil }
    guard let size = Self.wild(fields[3], UInt16.self), let scale = Self.wild(windows[1], UInt8.self) else { return nil }
    guard let layout = TCPOptionLayout(fields[5]), let quirks = SynQuirks(fields[6]) else { return nil }
    guard let dataClass = DataClass(rawValue: String(fields[7])) else { return nil }
    self.init(
      family: version.family, hopLimit: hops.limit, hasAnyHops: hops.any, networkOptionBytes: optionBytes,
      segmentSize: size.value,
      window: window, windowScale: scale.value, layout: layout, quirks: quirks, dataClass: dataClass)
  }

  package var description: String {
    let version: Version =
      switch family {
      case nil: .any
      case .ipv4: .four
      case .ipv6: .six
      }
    return [
      version.rawValue, "\(hopLimit)\(hasAnyHops ? "-" : "")", "\(networkOptionBytes)", segmentSize.map { "\($0)" } ?? "*",
      "\(window),\(windowScale.map { "\($0)" } ?? "*")", "\(layout)", "\(quirks)", dataClass.rawValue,
    ].joined(separator: ":")
  }

  private enum Version: String {
    case any = "*"
    case four = "4"
    case six = "6"

    var family: AddressFamily? {
      switch self {
      case .any: nil
      case .four: .ipv4
      case .six: .ipv6
      }
    }
  }

  /// `64`, `64-` where hops cannot be told, or `60+4`.
  private static func hops(_ text: Substring) -> (limit: UInt8, any: Bool)? {
    if text.last == "-" { return number(text.dropLast(), UInt8.self).flatMap { $0 > 0 ? ($0, true) : nil } }
    let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first.flatMap({ number($0, UInt8.self) }) else { return nil }
    guard let more = parts.count == 1 ? 0 : number(parts[1], UInt8.self) else { return nil }
    let (sum, isTooMuch) = first.addingReportingOverflow(more)
    return sum > 0 && !isTooMuch ? (sum, false) : nil
  }

  /// An asterisk is any.
  private static func wild<Number: FixedWidthInteger>(_ text: Substring, _ type: Number.Type) -> (value: Number?, Void)? {
    if text == "*" { return (nil, ()) }
    return number(text, type).map { ($0, ()) }
  }

  /// Digits alone, without a sign.
  static func number<Number: FixedWidthInteger>(_ text: Substring, _ type: Number.Type) -> Number? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Number(text) : nil
  }
}

extension SynPattern.Window: CustomStringConvertible {
  package var description: String {
    switch self {
    case .any: "*"
    case .exactly(let value): "\(value)"
    case .segments(let count): "mss*\(count)"
    case .packets(let count): "mtu*\(count)"
    case .multiple(let unit): "%\(unit)"
    }
  }

  fileprivate init?(_ text: Substring) {
    if text == "*" {
      self = .any
    } else if text.hasPrefix("mss*") {
      guard let count = Self.positive(text.dropFirst(4)) else { return nil }
      self = .segments(count)
    } else if text.hasPrefix("mtu*") {
      guard let count = Self.positive(text.dropFirst(4)) else { return nil }
      self = .packets(count)
    } else if text.hasPrefix("%") {
      guard let unit = Self.positive(text.dropFirst(1)) else { return nil }
      self = .multiple(of: unit)
    } else {
      guard let value = SynPattern.number(text, UInt16.self) else { return nil }
      self = .exactly(value)
    }
  }

  private static func positive(_ text: Substring) -> UInt16? {
    SynPattern.number(text, UInt16.self).flatMap { $0 > 0 ? $0 : nil }
  }
}
