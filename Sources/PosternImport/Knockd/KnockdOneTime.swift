// SPDX-License-Identifier: Apache-2.0

/// Reads the file of a door's one-time sequences: one a line, used ones behind #.
enum KnockdOneTime {
  static func read(_ value: ForeignValue, _ files: ForeignFiles, into door: inout KnockdFile.Door, _ notes: inout ImportNotes) {
    door.oneTime = value
    do throws(ImportFailure) {
      door.unused = sequences(try files.text(value.text), &notes)
    } catch {
      notes.refuse("the file of one-time sequences cannot be read: \(error.notes.first?.text ?? "")", at: value.position)
    }
  }

  private static func sequences(_ text: ForeignText, _ notes: inout ImportNotes) -> [[KnockdFile.Step]] {
    var sequences: [[KnockdFile.Step]] = []
    for line in text.lines {
      let item = line.text.trimmed
      guard !item.isEmpty, !item.hasPrefix("#") else { continue }
      switch KnockdSequence.steps(item) {
      case .success(let steps): sequences.append(steps)
      case .failure(let flaw): notes.gap("this sequence is none: \(flaw.text)", at: line.position)
      }
    }
    return sequences
  }
}
