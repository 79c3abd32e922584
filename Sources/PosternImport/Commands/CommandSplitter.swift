// SPDX-License-Identifier: Apache-2.0

/// Splits a line into commands and words by the quoting rules of sh(1), and refuses whatever else a shell does with a line.
struct CommandSplitter {
  private let bytes: [UInt8]
  private var index = 0
  private var commands: [[String]] = []
  private var words: [String] = []
  /// Nil between words.
  private var word: [UInt8]?

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func split() -> CommandLine {
    while let byte = next() {
      if let what = take(byte) { return .needsShell(what: what) }
    }
    endCommand()
    return .commands(commands)
  }

  /// What only a shell can do, where the byte begins it.
  private mutating func take(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"): endWord()
    case UInt8(ascii: "'"): return takeQuoted()
    case UInt8(ascii: "\""): return takeDoublyQuoted()
    case UInt8(ascii: "\\"):
      guard let escaped = next() else { return "a backslash at the end" }
      append(escaped)
    case UInt8(ascii: ";"): endCommand()
    case UInt8(ascii: "&"):
      guard peek == byte else { return "a command in the background" }
      index += 1
      endCommand()
    case UInt8(ascii: "#") where word == nil: index = bytes.endIndex
    default:
      if let what = Self.meaning(of: byte, startsWord: word == nil) { return what }
      append(byte)
    }
    return nil
  }

  private mutating func takeQuoted() -> String? {
    word = word ?? []
    while let byte = next() {
      if byte == UInt8(ascii: "'") { return nil }
      append(byte)
    }
    return "a quotation that does not end"
  }

  private mutating func takeDoublyQuoted() -> String? {
    word = word ?? []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\""): return nil
      case UInt8(ascii: "\\") where peek.map { "\"\\$`".utf8.contains($0) } == true: append(next() ?? byte)
      case UInt8(ascii: "$"), UInt8(ascii: "`"): return "variables or commands in a command"
      default: append(byte)
      }
    }
    return "a quotation that does not end"
  }

  private static func meaning(of byte: UInt8, startsWord: Bool) -> String? {
    switch byte {
    case UInt8(ascii: "|"): "a pipe"
    case UInt8(ascii: ">"), UInt8(ascii: "<"): "input or output of a file"
    case UInt8(ascii: "$"), UInt8(ascii: "`"): "variables or commands in a command"
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["): "patterns of file names"
    case UInt8(ascii: "("), UInt8(ascii: ")"): "a subshell"
    case UInt8(ascii: "~") where startsWord: "a home directory"
    default: nil
    }
  }

  private var peek: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  private mutating func next() -> UInt8? {
    guard let byte = peek else { return nil }
    index += 1
    return byte
  }

  private mutating func append(_ byte: UInt8) { word = (word ?? []) + [byte] }

  private mutating func endWord() {
    if let word { words.append(String(decoding: word, as: UTF8.self)) }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    if !words.isEmpty { commands.append(words) }
    words = []
  }
}
