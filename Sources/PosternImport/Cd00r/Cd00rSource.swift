// SPDX-License-Identifier: Apache-2.0

/// The `#define` lines of cd00r.c, which are its configuration. Those in comments do not count, nor those behind `#if 0`.
struct Cd00rSource: Sendable {
  /// By their names; the last of a name counts, as in C.
  private(set) var defines: [String: ForeignValue] = [:]

  init(_ text: ForeignText) {
    var comments = CComments()
    var joined = ""
    var skipped = 0
    for line in text.lines {
      joined += comments.stripped(line.text)
      // A backslash at its end joins a line to the next.
      if joined.trimmedAtEnd.hasSuffix("\\"), joined.utf8.count < ForeignText.maximumBytes {
        joined = String(joined.trimmedAtEnd.dropLast()) + " "
        continue
      }
      read(joined.trimmed, at: line.position, &skipped)
      joined = ""
    }
  }

  private mutating func read(_ line: String, at position: ImportPosition, _ skipped: inout Int) {
    guard line.hasPrefix("#") else { return }
    let (word, rest) = String(line.dropFirst()).trimmedAtStart.firstWordAndRest
    switch word {
    case "if" where rest.trimmed == "0" || skipped > 0, "ifdef" where skipped > 0, "ifndef" where skipped > 0: skipped += 1
    case "endif": skipped = max(0, skipped - 1)
    case "else" where skipped == 1: skipped = 0
    case "define" where skipped == 0:
      let (name, value) = rest.firstWordAndRest
      defines[name] = ForeignValue(value.trimmed, at: position)
    case "undef" where skipped == 0: defines[rest.trimmed] = nil
    default: break
    }
  }
}

/// Takes the comments out of C, line by line.
private struct CComments {
  private var isInside = false

  mutating func stripped(_ line: String) -> String {
    let bytes = Array(line.utf8)
    var kept: [UInt8] = []
    var index = 0
    var isText = false
    while index < bytes.count {
      let pair = index + 1 < bytes.count ? [bytes[index], bytes[index + 1]] : [bytes[index]]
      if isInside {
        isInside = pair != Array("*/".utf8)
        index += isInside ? 1 : 2
      } else if !isText, pair == Array("/*".utf8) {
        isInside = true
        index += 2
      } else if !isText, pair == Array("//".utf8) {
        break
      } else {
        if bytes[index] == UInt8(ascii: "\"") { isText.toggle() }
        kept.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
