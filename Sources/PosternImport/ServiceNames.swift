// SPDX-License-Identifier: Apache-2.0

/// The names of ports as services(5) lists them.
package struct ServiceNames: Sendable {
  /// As many as such a file ever had, with room.
  private static let maximum = 1 << 14
  private var ports: [String: UInt16] = [:]

  /// Lines `name port/protocol [alias...]`; others are passed over. The first line with a name counts.
  package init(_ text: ForeignText) {
    for line in text.lines where ports.count < Self.maximum {
      let words = line.text.cut(before: "#").words
      guard words.count >= 2, let port = words[1].parts("/").first.flatMap({ UInt16($0) }), port != 0 else { continue }
      for name in [words[0]] + words.dropFirst(2) where ports[name] == nil { ports[name] = port }
    }
  }

  package subscript(name: String) -> UInt16? { ports[name] }
}
