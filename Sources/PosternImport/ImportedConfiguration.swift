// SPDX-License-Identifier: Apache-2.0

/// What became of a foreign configuration: Postern's doors, users with their keys, actions and secrets, and what is to be said about it.
package struct ImportedConfiguration: Sendable {
  package let system: ForeignSystem
  /// The file that was read.
  package let file: String
  var doors = DoorBook()
  var users: [ImportedUser] = []
  var actions: [ImportedAction] = []
  var actionNames = NameBook()
  package internal(set) var secrets: [ImportedSecret] = []
  var collectedNotes = ImportNotes()
  /// Sentences for the top of the text.
  var remarks: [String] = []
  /// Rules for nft that show the gate the knocks.
  var rules: [String] = []

  init(_ system: ForeignSystem, _ file: String) {
    self.system = system
    self.file = file
  }

  /// In the order of files and lines.
  package var notes: [ImportNote] { collectedNotes.sorted }

  /// Something of the old configuration is missing in the new one.
  package var hasGaps: Bool { notes.contains { $0.kind == .gap } }

  /// Overwrites the secrets in place.
  package mutating func eraseSecrets() {
    for index in secrets.indices { secrets[index].erase() }
  }

  /// The file's name in the new directory.
  package var fileName: String { system.fileName }
}
