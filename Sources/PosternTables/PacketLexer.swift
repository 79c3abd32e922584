// SPDX-License-Identifier: Apache-2.0

/// Why a text describes no packets, and in which of its lines, counted from 1.
package struct PacketTextFlaw: Error, Hashable, Sendable, CustomStringConvertible {
  package let line: Int
  package let reason: String

  package var description: String { "line \(line): \(reason)" }
}

/// Cuts a description into words, strings and signs. Comments reach from `#` to the end of their line.
struct PacketLexer {
  enum Token: Hashable {
    case word(String)
    case string([UInt8])
    case sign(Character)
    case end
  }

  private let text: [UInt8]
  private var position = 0
  private(set) var line = 1

  init(_ text: some StringProtocol) { self.text = Array(text.utf8) }

  func flaw(_ reason: String) -> PacketTextFlaw { PacketTextFlaw(line: line, reason: reason) }

  mutating func next() throws(PacketTextFlaw) -> Token {
    skipBlanks()
    guard position < text.count else { return .end }
    let byte = text[position]
    if byte == UInt8(ascii: "\"") { return .string(try string()) }
    if Self.isWord(byte) { return .word(word()) }
    guard "{}()=;".utf8.contains(byte) else { throw flaw("a sign that means nothing here") }
    position += 1
    return .sign(Character(Unicode.Scalar(byte)))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private mutating func skipBlanks() {
    var isComment = false
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "\n") {
        isComment = false
        line += 1
      } else if byte == UInt8(ascii: "#") {
        isComment = true
      } else if !isComment, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r") {
        return
      }
      position += 1
    }
  }

  private mutating func word() -> String {
    let start = position
    while position < text.count, Self.isWord(text[position]) { position += 1 }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(PacketTextFlaw) -> [UInt8] {
    position += 1
    var bytes: [UInt8] = []
    while position < text.count, text[position] != UInt8(ascii: "\n") {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return bytes
      case UInt8(ascii: "\\"): bytes.append(try escape())
      default: bytes.append(byte)
      }
    }
    throw flaw("the text in quotation marks does not end")
  }

  /// What stands behind a backslash: a letter of C, or x and two hexadecimal digits.
  private mutating func escape() throws(PacketTextFlaw) -> UInt8 {
    guard position < text.count else { throw flaw("the text in quotation marks does not end") }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "0"): return 0
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): return byte
    case UInt8(ascii: "x"): return try hexadecimal()
    default: throw flaw("only \\n, \\r, \\t, \\0, \\\\, \\\" and \\xNN may stand behind a backslash")
    }
  }

  private mutating func hexadecimal() throws(PacketTextFlaw) -> UInt8 {
    guard position + 2 <= text.count, let value = UInt8(String(decoding: text[position..<position + 2], as: UTF8.self), radix: 16)
    else { throw flaw("\\x needs two hexadecimal digits") }
    position += 2
    return value
  }
}
