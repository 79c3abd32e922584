// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
package import PosternWire

/// The text of a user's own file in `users.d`, and the changes that a command makes to it: all else in it stays as its owner wrote it.
package struct UserText: Sendable {
  /// A device's key as the file holds it.
  package struct Key: Sendable {
    package var name: Name
    package var publicKey: Bytes32
    /// A file beside this one.
    package var presharedKey: String
    /// A file beside this one with the secret of one-time codes; nil asks for none.
    package var totp: String?
    package var notAfter: Timestamp?

    package init(name: Name, publicKey: Bytes32, presharedKey: String, totp: String? = nil, notAfter: Timestamp?) {
      self.name = name
      self.publicKey = publicKey
      self.presharedKey = presharedKey
      self.totp = totp
      self.notAfter = notAfter
    }
  }

  package private(set) var text: String
  private var entries: [TomlNode.Entry]
  private let file: String

  /// Takes over what stands in the file; throws where it is not TOML.
  package init(_ text: [UInt8], file: String) throws(ConfigError) {
    self.text = String(decoding: text, as: UTF8.self)
    self.file = file
    entries = try Self.entries(text, file)
  }

  /// A new user, who may open these doors, the first by default; `longest` bounds his leases, in seconds.
  package init(doors: [Name], longest: UInt32?, file: String) {
    let names = doors.map { "\"\($0)\"" }.joined(separator: ", ")
    var lines = ["doors = [\(names)]"]
    if doors.count > 1, let first = doors.first { lines.append("default = \"\(first)\"") }
    if let longest { lines.append("longest = \"\(DurationText.text(seconds: longest))\"") }
    text = lines.map { $0 + "\n" }.joined()
    entries = []
    self.file = file
  }

  /// Adds a device behind everything else. Whether the whole is a configuration still is for the reader of all files to say.
  package mutating func add(_ key: Key) {
    var lines = [
      "", "[keys.\(key.name.quotedKey)]", "public = \"\(Base64.encode(key.publicKey.array))\"", "psk = \"\(key.presharedKey)\"",
    ]
    if let totp = key.totp { lines.append("totp = \"\(totp)\"") }
    if let end = key.notAfter { lines.append("not-after = \(end.rfc3339)") }
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    text += lines.map { $0 + "\n" }.joined()
  }

  /// Whether the user has a device of this name.
  package func has(device: Name) -> Bool {
    guard case .table(let keys)? = entry("keys")?.node.kind else { return false }
    return keys.contains { $0.key == device.description }
  }

  /// Seconds; nil for what no user's `longest` can be.
  package static func lease(_ text: String) -> UInt32? {
    DurationText.seconds(text).flatMap { (1...TableLimits.longestLease).contains($0) ? $0 : nil }
  }

  package var isDisabled: Bool {
    if case .boolean(true)? = disabled?.node.kind { true } else { false }
  }

  /// Switches the user off or on; one line comes, changes or goes.
  package mutating func setDisabled(_ isDisabled: Bool) throws(ConfigError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let new = isDisabled ? ["disabled = true"] : []
    if let disabled {
      let line = Int(disabled.keyPosition.line) - 1
      guard lines.indices.contains(line) else { return }
      lines.replaceSubrange(line...line, with: new)
    } else {
      lines.insert(contentsOf: new, at: 0)
    }
    text = lines.joined(separator: "\n")
    entries = try Self.entries(Array(text.utf8), file)
  }

  /// The names of the user's devices and the files of their pre-shared keys and one-time codes, as they are written.
  package var secretFiles: [(device: String, file: String)] {
    guard case .table(let keys)? = entry("keys")?.node.kind else { return [] }
    return keys.flatMap { key -> [(device: String, file: String)] in
      guard case .table(let entries) = key.node.kind else { return [] }
      return ["psk", "totp"].compactMap { name in
        guard case .string(let path)? = entries.first(where: { $0.key == name })?.node.kind else { return nil }
        return (key.key, path)
      }
    }
  }

  private var disabled: TomlNode.Entry? { entry("disabled") }

  private func entry(_ key: String) -> TomlNode.Entry? { entries.first { $0.key == key } }

  private static func entries(_ text: [UInt8], _ file: String) throws(ConfigError) -> [TomlNode.Entry] {
    guard case .table(let entries) = try TomlDocument(text, file: file).root().kind else { return [] }
    return entries
  }
}

extension Name {
  /// A dot would otherwise start a table below.
  fileprivate var quotedKey: String { description.contains(".") ? "\"\(description)\"" : description }
}
