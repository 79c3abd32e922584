// SPDX-License-Identifier: Apache-2.0

/// One JSON object on one line (RFC 8259), written front to back.
///
/// The output is printable ASCII and one newline: quotes, backslashes, control characters, DEL and everything beyond ASCII leave
/// as escapes, so no byte that a stranger chose reaches a terminal raw.
package struct JSONLine: Sendable {
  private var text: [UInt8] = []

  package init() {
    // Longer than most lines.
    text.reserveCapacity(510)
    text.append(UInt8(ascii: "{"))
  }

  /// The finished line, newline included.
  package var bytes: [UInt8] {
    var line = text
    line.reserveCapacity(line.count + 2)
    line.append(UInt8(ascii: "}"))
    line.append(UInt8(ascii: "\n"))
    return line
  }

  package mutating func put(_ key: StaticString, _ value: String) {
    name(key)
    quote(value)
  }

  package mutating func put(_ key: StaticString, _ value: some FixedWidthInteger) {
    name(key)
    text.append(contentsOf: String(value).utf8)
  }

  package mutating func put(_ key: StaticString, _ value: Bool) {
    name(key)
    text.append(contentsOf: (value ? "true" : "false").utf8)
  }

  package mutating func put(_ key: StaticString, _ values: [String]) { list(key, values) { $0.quote($1) } }

  package mutating func put(_ key: StaticString, _ values: [some FixedWidthInteger]) {
    list(key, values) { $0.text.append(contentsOf: String($1).utf8) }
  }

  private mutating func list<Value>(_ key: StaticString, _ values: [Value], _ element: (inout JSONLine, Value) -> Void) {
    name(key)
    text.append(UInt8(ascii: "["))
    for (position, value) in values.enumerated() {
      if position > 0 { text.append(UInt8(ascii: ",")) }
      element(&self, value)
    }
    text.append(UInt8(ascii: "]"))
  }

  /// A list of inner objects.
  package mutating func put(_ key: StaticString, _ objects: [JSONLine]) {
    name(key)
    text.append(UInt8(ascii: "["))
    for (position, object) in objects.enumerated() {
      if position > 0 { text.append(UInt8(ascii: ",")) }
      text.append(contentsOf: object.text)
      text.append(UInt8(ascii: "}"))
    }
    text.append(UInt8(ascii: "]"))
  }

  /// A number with exactly `decimals` (0...9) digits after the point; `null` for what has no such text: infinities, NaN and
  /// magnitudes beyond 64 bits.
  package mutating func put(_ key: StaticString, _ value: Double, decimals: Int) {
    name(key)
    text.append(contentsOf: Self.fixed(value, decimals: decimals).utf8)
  }

  private mutating func name(_ key: StaticString) {
    if text.count > 1 { text.append(UInt8(ascii: ",")) }
    // Our own words, which need no escapes.
    text.append(UInt8(ascii: "\""))
    text.append(contentsOf: key.description.utf8)
    text.append(UInt8(ascii: "\""))
    text.append(UInt8(ascii: ":"))
  }

  private mutating func quote(_ value: String) {
    text.append(UInt8(ascii: "\""))
    // Nearly every text is a name of ours and goes as it is.
    if value.utf8.allSatisfy(Self.isPlain) {
      text.append(contentsOf: value.utf8)
    } else {
      for unit in value.utf16 { escape(unit) }
    }
    text.append(UInt8(ascii: "\""))
  }

  private static func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) && byte != 0x22 && byte != 0x5c }

  private mutating func escape(_ unit: UInt16) {
    switch unit {
    case 0x22, 0x5c: text.append(contentsOf: [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: unit)])
    case 0x20...0x7e: text.append(UInt8(truncatingIfNeeded: unit))
    default:
      text.append(contentsOf: "\\u".utf8)
      text.append(contentsOf: Hex.encode([UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)]).utf8)
    }
  }

  private static func fixed(_ value: Double, decimals: Int) -> String {
    let digits = min(max(decimals, 0), 9)
    let scale = (0..<digits).reduce(Int64(1)) { scale, _ in scale * 10 }
    guard value.isFinite, let scaled = Int64(exactly: (value * Double(scale)).rounded()) else { return "null" }
    let (whole, fraction) = scaled.magnitude.quotientAndRemainder(dividingBy: scale.magnitude)
    let sign = scaled < 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let tail = String(fraction)
    return sign + String(whole) + "." + String(repeating: "0", count: digits - tail.utf8.count) + tail
  }
}
