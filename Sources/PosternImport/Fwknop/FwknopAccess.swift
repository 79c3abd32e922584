// SPDX-License-Identifier: Apache-2.0

/// An access.conf with all files that it includes: its stanzas in the order in which fwknopd tries them.
struct FwknopAccess: Sendable {
  /// As deep as fwknopd follows.
  static let deepest = 3
  static let mostFiles = 1024
  static let mostStanzas = 4096

  private(set) var stanzas: [FwknopStanza] = []
  private var files = 0

  init(_ text: ForeignText, _ world: ForeignFiles, _ notes: inout ImportNotes) {
    read(text, depth: 0, world, &notes)
    if stanzas.isEmpty { notes.refuse("there is no stanza in it: none begins with SOURCE", at: text.start) }
  }

  private mutating func read(_ text: ForeignText, depth: Int, _ world: ForeignFiles, _ notes: inout ImportNotes) {
    var current: Int?
    for line in text.lines {
      do throws(ImportFailure) {
        guard let read = try FwknopLine.read(line) else { continue }
        try take(read, line.position, &current, depth: depth, world, &notes)
      } catch {
        notes.add(error.notes)
      }
    }
  }

  private mutating func take(
    _ line: FwknopLine, _ position: ImportPosition, _ current: inout Int?, depth: Int, _ world: ForeignFiles,
    _ notes: inout ImportNotes
  ) throws(ImportFailure) {
    switch line.variable {
    case "%include":
      read(try file(line.value.trimmed, position, depth, world), depth: depth + 1, world, &notes)
    case "%include_folder":
      try readFolder(line.value.trimmed, position, depth: depth, world, &notes)
    case "%include_keys":
      guard let current else { return notes.remark("stands before the first SOURCE; fwknopd passes over it", at: position) }
      readKeys(try file(line.value.trimmed, position, depth, world), into: current, &notes)
    case "SOURCE":
      guard stanzas.count < Self.mostStanzas else {
        throw ImportFailure("there are more than \(Self.mostStanzas) stanzas", at: position)
      }
      current = stanzas.count
      stanzas.append(FwknopStanza(source: ForeignValue(line.value.trimmed, at: position)))
    default:
      guard let current else { return notes.remark("stands before the first SOURCE; fwknopd passes over it", at: position) }
      stanzas[current].take(line, at: position, &notes)
    }
  }

  private mutating func file(
    _ path: String, _ position: ImportPosition, _ depth: Int, _ world: ForeignFiles
  ) throws(ImportFailure) -> ForeignText {
    files += 1
    guard depth < Self.deepest, files <= Self.mostFiles else {
      throw ImportFailure(
        "files include each other deeper than \(Self.deepest), or more than \(Self.mostFiles) of them", at: position)
    }
    do throws(ImportFailure) {
      return try world.text(path)
    } catch {
      throw ImportFailure("\(path.quoted) cannot be read: \(error.notes.first?.text ?? "")", at: position)
    }
  }

  /// All *.conf of the folder.
  private mutating func readFolder(
    _ path: String, _ position: ImportPosition, depth: Int, _ world: ForeignFiles, _ notes: inout ImportNotes
  ) throws(ImportFailure) {
    guard let files = world.folder(path) else { throw ImportFailure("\(path.quoted) cannot be listed", at: position) }
    for name in files where name.hasSuffix(".conf") {
      read(try file(name, position, depth, world), depth: depth + 1, world, &notes)
    }
  }

  /// A file of keys alone, for the stanza that names it.
  private mutating func readKeys(_ text: ForeignText, into stanza: Int, _ notes: inout ImportNotes) {
    for line in text.lines {
      do throws(ImportFailure) {
        guard let read = try FwknopLine.read(line) else { continue }
        guard ["KEY", "KEY_BASE64", "HMAC_KEY", "HMAC_KEY_BASE64"].contains(read.variable) else {
          notes.remark("a file of keys holds nothing else; fwknopd passes over it", at: line.position)
          continue
        }
        stanzas[stanza].take(read, at: line.position, &notes)
      } catch {
        notes.add(error.notes)
      }
    }
  }
}
