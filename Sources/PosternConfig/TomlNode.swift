// SPDX-License-Identifier: Apache-2.0

/// A value of a TOML text and where it stands.
package struct TomlNode: Sendable {
  package enum Kind: Sendable {
    /// In the order of the text.
    case table([Entry])
    case array([TomlNode])
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    /// RFC 3339 text; without an offset where the value has none.
    case dateTime(String)
    /// A type that configuration has no use for, by its name.
    case other(String)
  }

  package struct Entry: Sendable {
    package let key: String
    package let keyPosition: ConfigPosition
    package let node: TomlNode
  }

  package let kind: Kind
  package let position: ConfigPosition

  /// The kind with its article, for messages.
  package var typeName: String {
    switch kind {
    case .table: "a table"
    case .array: "an array"
    case .string: "a string"
    case .integer: "an integer"
    case .boolean: "a boolean"
    case .dateTime: "a date"
    case .other(let name): "a \(name)"
    }
  }
}
