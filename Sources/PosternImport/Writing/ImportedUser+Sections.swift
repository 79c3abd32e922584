// SPDX-License-Identifier: Apache-2.0
import PosternKnock

extension ImportedUser {
  /// His own table, then one a key.
  func sections(acceptsWeak: Bool) -> [TomlSection] {
    var own = TomlSection(path: ["users", name], comments: [originComment(origins)] + comments)
    if !doors.isEmpty { own.fields.append(TomlField("doors", .texts(doors))) }
    if !actions.isEmpty { own.fields.append(TomlField("actions", .texts(actions))) }
    own.fields += fields
    own.isOff = isIdle
    return [own] + keys.map { section($0, acceptsWeak) }
  }

  /// Nothing is left that he could do.
  private var isIdle: Bool { doors.isEmpty && actions.isEmpty }

  private func section(_ key: ImportedKey, _ acceptsWeak: Bool) -> TomlSection {
    var section = TomlSection(path: ["users", name, "keys", key.name], comments: [originComment([key.origin])] + key.comments)
    section.fields = key.fields
    section.isOff = key.isOff || isIdle || (key.strength < .authenticated && !acceptsWeak)
    return section
  }
}
