// SPDX-License-Identifier: Apache-2.0

/// A secret that the new configuration expects in a file of its own.
package struct ImportedSecret: Sendable {
  /// The file's name, beside the configuration.
  package let name: String
  /// Where it stands in the old configuration.
  package let origin: ImportPosition
  /// What the file holds, for people: never the secret itself.
  package let meaning: String
  /// The text of the file.
  package private(set) var content: [UInt8]

  init(name: String, origin: ImportPosition, meaning: String, content: [UInt8]) {
    self.name = name
    self.origin = origin
    self.meaning = meaning
    self.content = content
  }

  /// Overwrites the secret.
  mutating func erase() {
    for index in content.indices { content[index] = 0 }
  }
}
