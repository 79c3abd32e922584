// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The forms of values that several protocols' settings share; each is nil for other text.
package enum SettingForm {
  /// Names and addresses of one gateway: more is a mistake, and each costs a lookup and packets.
  static let maximumGateways = 8
  static let hostWords = "host names or addresses with commas between"

  package static func hosts(_ text: String) -> [String]? {
    let hosts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
    guard hosts.count <= maximumGateways, hosts.allSatisfy(isHost) else { return nil }
    return hosts
  }

  static func isHost(_ text: String) -> Bool {
    let characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_%".utf8
    return (1...253).contains(text.utf8.count) && !text.hasPrefix("-") && text.utf8.allSatisfy(characters.contains)
  }

  package static func port(_ text: String) -> Port? { UInt16(digits: text).flatMap(Port.init) }

  static let flagWords = "yes or no"

  /// `yes` or `no`.
  package static func flag(_ text: String) -> Bool? {
    switch text {
    case "yes": true
    case "no": false
    default: nil
    }
  }

  static let pauseWords = "a time like 300ms or 2s"

  /// A pause: `300ms`, `2s`, or as the classic clients have it a bare number of milliseconds.
  package static func pause(_ text: String) -> Timestamp.Span? {
    let units: [(suffix: String, milliseconds: UInt32)] = [("ms", 1), ("s", 1000), ("", 1)]
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let count = UInt32(digits: text.dropLast(unit.suffix.count)) else { return nil }
      return .milliseconds(Int64(count) * Int64(unit.milliseconds))
    }
    return nil
  }

  /// A path with no NUL in it.
  static func path(_ text: String) -> String? { text.isEmpty || text.utf8.contains(0) ? nil : text }

  /// A shift of the clock: seconds, or with `m`, `h` or `d` behind it minutes, hours or days; `-` is back.
  static func offset(_ text: String) -> Timestamp.Span? {
    let isBack = text.hasPrefix("-")
    let digits = isBack || text.hasPrefix("+") ? text.dropFirst() : text[...]
    let seconds = digits.last.flatMap { $0.isNumber ? UInt32(digits: digits) : LeaseText.seconds(digits) }
    return seconds.map { .seconds(isBack ? -Int64($0) : Int64($0)) }
  }

  /// Decimal, or hexadecimal behind `0x`.
  package static func number<Number: FixedWidthInteger>(_ text: String) -> Number? {
    text.hasPrefix("0x") ? hexadecimal(text.dropFirst(2)) : Number(digits: text)
  }

  private static func hexadecimal<Number: FixedWidthInteger>(_ digits: Substring) -> Number? {
    digits.utf8.allSatisfy { UInt8(ascii: "+") != $0 && UInt8(ascii: "-") != $0 } ? Number(digits, radix: 16) : nil
  }

  /// Up to 32 ports with blanks or commas between.
  static func ports(_ text: String) -> [Port]? {
    let ports = words(text).map { Port($0) }
    return (1...32).contains(ports.count) && !ports.contains(nil) ? ports.compactMap(\.self) : nil
  }

  /// Words with blanks or commas between.
  package static func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "," || $0 == "\t" }.map(String.init) }
}
