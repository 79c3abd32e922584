// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// One configuration, from one file or several, typed and checked in itself; key files and hashes come in when it is compiled.
package struct Configuration: Sendable {
  package let gateway: Gateway
  package let capture: Capture
  package let state: State
  package let audit: Audit
  package let control: Control
  package let limits: Limits
  package let sessions: Sessions
  package let systems: Systems
  package let actions: [Action]
  /// Indices into ``actions``: what starts when a source is banned.
  package let onBan: [Int]
  /// Nil where it has no such table.
  package let defence: Defence?
  /// In the order of the text, like the users and their keys.
  package let doors: [Door]
  package let users: [User]

  /// The only form of the file that is known.
  private static let version: Int64 = 1

  /// Reads `text`; `file` is the name that errors carry. Throws all errors, or the first where the text is not TOML.
  package init(parsing text: [UInt8], file: String) throws(ConfigFailure) {
    try self.init(merging: [ConfigText(text, file: file)])
  }

  /// Reads several texts as one, the main file first. Throws the errors of all of them together; `unread` are those of files that
  /// gave no text.
  ///
  /// What a broken file would have said is unknown: unless it is a user's own, nothing is said about the meaning of the others.
  package init(merging texts: [ConfigText], unread: [ConfigError] = []) throws(ConfigFailure) {
    let complaints = Complaints(unread)
    let start = texts.first?.start ?? ConfigPosition(file: "", line: 1, column: 1)
    let merge = TomlMerge(at: start, complaints)
    var isComplete = unread.isEmpty
    var broken: Set<Name> = []
    for text in texts {
      do throws(ConfigError) {
        merge.add(try TomlDocument(text.text, file: text.file).root(), as: text.part)
      } catch {
        complaints.add(error.message, at: error.position)
        switch text.part {
        case .tables: isComplete = false
        case .user(let name): broken.insert(name)
        }
      }
    }
    if !isComplete { try complaints.check() }
    self = Section.read(merge.tree, complaints) { Configuration(&$0, brokenUsers: broken) }
    try complaints.check()
  }

  private init(_ section: inout Section, brokenUsers: Set<Name>) {
    Self.checkVersion(&section)
    gateway = section.table("gateway") { Gateway(&$0) }
    capture = section.table("capture") { Capture(&$0) }
    state = section.table("state") { State(&$0) }
    audit = section.table("audit") { Audit(&$0) }
    control = section.table("control") { Control(&$0) }
    limits = section.table("limits") { Limits(&$0) }
    sessions = section.table("sessions") { Sessions(&$0) }
    systems = section.table("os-signatures") { Systems(&$0) }
    actions = Action.all(&section)
    let directory = ActionDirectory(actions)
    onBan = section.table("events") { directory.indices(&$0, "on-ban") }
    defence = Defence.read(&section)
    doors = Door.all(&section, directory)
    Door.complainAboutBanSets(doors, defence, section)
    users = User.all(&section, doors: doors, directory)
    Door.complainAboutStrangers(doors, users: brokenUsers.union(users.map(\.name.value)), section)
  }

  private static func checkVersion(_ section: inout Section) {
    section.require("version")
    guard let found = section.integer("version", in: .min ... .max), found.value != version else { return }
    section.complain("version \(found.value) is unknown; this program reads version \(version)", at: found.position)
  }
}
