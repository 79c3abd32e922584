// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform

/// A secret of any length; it shows in no description.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Longer than any passphrase or key of the protocols.
  package static let maximumBytes = 1024

  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var description: String { "secret" }
  package var debugDescription: String { "secret" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret {
  /// Reads a file with one secret and perhaps a line feed behind it; refuses a file that others than its owner may read.
  package init(file path: String, _ form: SecretForm) throws(ClientError) {
    var text = try PrivateFile.read(path, limit: 2 * Self.maximumBytes)
    defer { text.wipe() }
    let line = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
    guard let secret = form.secret(Array(line)) else {
      throw .badFile(path: path, reason: "must hold \(form.content) and nothing else")
    }
    self = secret
  }
}
