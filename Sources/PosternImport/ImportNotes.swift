// SPDX-License-Identifier: Apache-2.0

/// The notes that come up while a file is read and translated.
package struct ImportNotes: Sendable {
  private var collected: [ImportNote] = []

  package init() {}

  mutating func remark(_ text: String, at position: ImportPosition) { collected.append(ImportNote(.remark, text, at: position)) }
  mutating func gap(_ text: String, at position: ImportPosition) { collected.append(ImportNote(.gap, text, at: position)) }
  mutating func refuse(_ text: String, at position: ImportPosition) { collected.append(ImportNote(.refusal, text, at: position)) }

  mutating func add(_ notes: [ImportNote]) { collected += notes }

  /// In the order in which files and their lines came up first, each once.
  package var sorted: [ImportNote] {
    var seen: Set<ImportNote> = []
    var files: [String: Int] = [:]
    for note in collected where files[note.position.file] == nil { files[note.position.file] = files.count }
    let unique = collected.filter { seen.insert($0).inserted }
    return unique.enumerated().sorted { left, right in
      let (a, b) = (left.element.position, right.element.position)
      return (files[a.file] ?? 0, a.line, left.offset) < (files[b.file] ?? 0, b.line, right.offset)
    }.map(\.element)
  }

  /// Throws where something makes the file unusable.
  func check() throws(ImportFailure) {
    guard collected.contains(where: { $0.kind == .refusal }) else { return }
    throw ImportFailure(sorted.filter { $0.kind == .refusal })
  }
}
