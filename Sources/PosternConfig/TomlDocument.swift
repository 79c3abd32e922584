// SPDX-License-Identifier: Apache-2.0
import CToml

/// A parsed TOML text (https://toml.io, version 1.0) as the C shim holds it; freed with the value.
///
/// The shim refuses texts over 1 MiB and trees deeper than 32.
@safe package struct TomlDocument: ~Copyable {
  private let handle: OpaquePointer?
  private let file: String

  package init(_ text: [UInt8], file: String) {
    unsafe handle = Self.parse(text)
    self.file = file
  }

  deinit { unsafe ctoml_free(handle) }

  /// The whole text as a tree of values; throws the first syntax error, with its place.
  package func root() throws(ConfigError) -> TomlNode {
    guard let handle = unsafe handle else { throw ConfigError("out of memory", at: start) }
    if let error = unsafe syntaxError(handle) { throw error }
    var nodes = unsafe Nodes(start: ctoml_nodes(handle), count: ctoml_count(handle), file: file)
    return nodes.next().node
  }

  private static func parse(_ text: [UInt8]) -> OpaquePointer? {
    unsafe text.withUnsafeBytes { raw in
      unsafe ctoml_parse(raw.assumingMemoryBound(to: CChar.self).baseAddress, raw.count)
    }
  }

  private func syntaxError(_ handle: OpaquePointer) -> ConfigError? {
    var position = ctoml_position()
    guard let message = unsafe ctoml_error(handle, &position) else { return nil }
    let place = ConfigPosition(file: file, line: position.line, column: position.column)
    return ConfigError(unsafe String(cString: message).printable, at: place)
  }

  private var start: ConfigPosition { ConfigPosition(file: file, line: 1, column: 1) }
}

/// Walks the shim's list of nodes, in which a table's or an array's children follow it.
@safe private struct Nodes {
  private var rest: UnsafeBufferPointer<ctoml_node>.SubSequence
  private let file: String

  init(start: UnsafePointer<ctoml_node>?, count: Int, file: String) {
    unsafe rest = UnsafeBufferPointer(start: start, count: count)[...]
    self.file = file
  }

  /// The next node with all that is below it; an empty table when the list is at its end.
  mutating func next() -> TomlNode.Entry {
    let node = unsafe rest.popFirst() ?? ctoml_node()
    let kind = unsafe kind(of: node)
    return TomlNode.Entry(
      key: unsafe string(node.key, node.key_length), keyPosition: place(unsafe node.key_position),
      node: TomlNode(kind: kind, position: place(unsafe node.position)))
  }

  private mutating func kind(of node: ctoml_node) -> TomlNode.Kind {
    switch unsafe node.kind {
    case CTOML_TABLE: .table(children(unsafe node.child_count))
    case CTOML_ARRAY: .array(children(unsafe node.child_count).map(\.node))
    case CTOML_STRING: .string(unsafe string(node.text, node.text_length))
    case CTOML_INTEGER: .integer(unsafe node.integer)
    case CTOML_BOOLEAN: .boolean(unsafe node.integer != 0)
    case CTOML_DATE_TIME: .dateTime(unsafe string(node.text, node.text_length))
    default: .other(unsafe string(node.text, node.text_length))
    }
  }

  private mutating func children(_ count: UInt32) -> [TomlNode.Entry] {
    var children: [TomlNode.Entry] = []
    children.reserveCapacity(Int(count))
    for _ in 0..<count { children.append(next()) }
    return children
  }

  private func string(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
    guard let start = unsafe start else { return "" }
    return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
  }

  private func place(_ position: ctoml_position) -> ConfigPosition {
    ConfigPosition(file: file, line: position.line, column: position.column)
  }
}
