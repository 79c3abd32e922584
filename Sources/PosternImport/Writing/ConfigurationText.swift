// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// The new configuration as a commented text for conf.d.
package struct ConfigurationText: Sendable {
  private let imported: ImportedConfiguration
  private let acceptsWeak: Bool
  private let writesSecrets: Bool

  /// - Parameters:
  ///   - acceptsWeak: the administrator has said that doors may open to knocks that an observer can repeat.
  ///   - writesSecrets: the files with the secrets are made, too; otherwise the text says what has to be in them.
  package init(_ imported: ImportedConfiguration, acceptsWeak: Bool, writesSecrets: Bool) {
    self.imported = imported
    self.acceptsWeak = acceptsWeak
    self.writesSecrets = writesSecrets
  }

  package var text: String {
    let sections = [header, secrets, rules].filter { !$0.isEmpty } + tables.map(\.lines)
    return sections.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private var tables: [TomlSection] {
    imported.actions.map { $0.section(acceptsWeak: acceptsWeak) }
      + imported.doors.doors.map { $0.section(acceptsWeak: acceptsWeak) }
      + imported.users.flatMap { $0.sections(acceptsWeak: acceptsWeak) }
  }

  private var header: [String] {
    var sentences = [
      "Made from \(imported.file) (\(imported.system)) by posternctl import. Read it, put it into conf.d beside postern.toml, check "
        + "with posternd -t."
    ]
    sentences += imported.remarks
    let notes = imported.notes
    let gaps = notes.filter { $0.kind == .gap }
    let remarks = notes.filter { $0.kind == .remark }
    var lines = sentences.flatMap { CommentText.lines($0) }
    for (title, list) in [("Not carried:", gaps), ("Changed, or worth a look:", remarks)] where !list.isEmpty {
      lines += ["#", "# \(title)"]
      lines += list.flatMap { CommentText.lines("\($0.position): \($0.text)", indent: 2) }
    }
    return lines
  }

  private var secrets: [String] {
    guard !imported.secrets.isEmpty else { return [] }
    let title =
      writesSecrets
      ? "Files with secrets, beside this one, mode 0600:"
      : "Files with secrets, to be made beside this one, mode 0600 (posternctl import --output DIRECTORY makes them):"
    let files = imported.secrets.map { "\($0.name): \($0.meaning), from \($0.origin)" }
    return CommentText.lines(title) + files.flatMap { CommentText.lines($0, indent: 2) }
  }

  /// The ruleset that has these rules and says why they look so.
  private var example: String {
    switch imported.system {
    case .fwknop: "fwknop.nft"
    case .knockd, .cd00r: "sequences.nft"
    case .doorman: "doorman.nft"
    case .sadoor: "port-sequences.nft"
    case .tumbler: "tumbler.nft"
    }
  }

  private var rules: [String] {
    guard !imported.rules.isEmpty else { return [] }
    let title = "Rules that show the gate these knocks, for chain knock of nft/postern.nft (more in nft/examples/\(example)):"
    return CommentText.lines(title) + imported.rules.map { "#   \($0)" }
  }
}
