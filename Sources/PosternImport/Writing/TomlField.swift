// SPDX-License-Identifier: Apache-2.0

/// A key of a TOML table with its value.
struct TomlField: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case text(String)
    /// Over several lines.
    case block([String])
    case texts([String])
    case number(Int64)
    case numbers([Int64])
    case flag(Bool)
    /// A UTC time as RFC 3339 writes it.
    case time(String)
    /// An inline table.
    case table([TomlField])
  }

  let key: String
  let value: Value
  /// Written, but switched off: the administrator has to want it.
  var isOff = false

  init(_ key: String, _ value: Value, isOff: Bool = false) {
    self.key = key
    self.value = value
    self.isOff = isOff
  }

  init(_ key: String, _ text: String) { self.init(key, .text(text)) }

  var line: String { "\(key) = \(value.text)" }

  var lines: [String] { line.parts("\n") }
}

extension TomlField.Value {
  private static let blockMark = "\"\"\""

  var text: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .block(let lines): ([Self.blockMark] + lines.map(Self.escaped)).joined(separator: "\n") + "\n" + Self.blockMark
    case .texts(let texts): "[\(texts.map(Self.quoted).joined(separator: ", "))]"
    case .number(let number): String(number)
    case .numbers(let numbers): "[\(numbers.map { String($0) }.joined(separator: ", "))]"
    case .flag(let flag): flag ? "true" : "false"
    case .time(let time): time
    case .table(let fields): "{ \(fields.map(\.line).joined(separator: ", ")) }"
    }
  }

  /// A basic string of TOML: whatever the text holds, it ends where it should.
  private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  private static func escaped(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127: quoted += "\\u00" + hexadecimal(scalar.value)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }
}
