// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Reads `{ 200,80,22,00 }`: zero ends the list.
enum Cd00rPorts {
  /// As many as fit into an array that anybody would write.
  static let most = 32

  static func read(_ list: ForeignValue, _ notes: inout ImportNotes) -> [Port] {
    let text = list.text.trimmed
    guard text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count >= 2 else {
      notes.refuse("CDR_PORTS is no list between braces", at: list.position)
      return []
    }
    var items = String(text.dropFirst().dropLast()).parts(",").map(\.trimmed)
    if items.last == "" { items.removeLast() }
    let numbers = items.map { CNumber.value($0) }
    guard let end = numbers.firstIndex(of: 0) else {
      notes.refuse("CDR_PORTS has no 0 at its end: cd00r read on behind it", at: list.position)
      return []
    }
    if end != numbers.indices.last { notes.remark("what stands behind the 0 of CDR_PORTS did not count", at: list.position) }
    let ports = numbers[..<end].map { number in number.flatMap { UInt16(exactly: $0) }.flatMap { Port($0) } }
    guard (1...most).contains(ports.count), !ports.contains(nil) else {
      notes.refuse("CDR_PORTS has to hold 1 to \(most) ports from 1 to 65535", at: list.position)
      return []
    }
    return ports.compactMap { $0 }
  }
}
