// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

extension Section {
  /// An array of strings in one form, which may be there several times.
  mutating func list<Value>(_ key: String, _ form: TextForm<Value>, _ counts: ClosedRange<Int>) -> [Located<Value>]? {
    elements(key, counts)?.compactMap { node in
      guard case .string(let text) = node.kind, let value = form.parse(text) else {
        complain("\(key.quoted) must hold \(form.expectation), not \(node.words)", at: node.position)
        return nil
      }
      return Located(value, at: node.position)
    }
  }

  /// The key `target`: an address or an array of them; none where it is absent.
  mutating func targets(atMost limit: Int) -> [IPAddress] {
    guard case .array = entry("target")?.node.kind else { return text("target", .address).map { [$0.value] } ?? [] }
    return texts("target", .address, 1...limit)?.map(\.value) ?? []
  }
}

extension TomlNode {
  fileprivate var words: String { if case .string(let text) = kind { text.quoted } else { typeName } }
}
