// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// One configuration file, typed and checked in itself; key files and hashes come in when it is compiled.
package struct Configuration: Sendable {
  package let gateway: Gateway
  package let capture: Capture
  package let state: State
  package let audit: Audit
  package let control: Control
  package let limits: Limits
  package let sessions: Sessions
  /// In the order of the text, like the users and their keys.
  package let doors: [Door]
  package let users: [User]

  /// The only form of the file that is known.
  private static let version: Int64 = 1

  /// Reads `text`; `file` is the name that errors carry. Throws all errors, or the first where the text is not TOML.
  package init(parsing text: [UInt8], file: String) throws(ConfigFailure) {
    let root = try Self.tree(text, file: file)
    let complaints = Complaints()
    self = Section.read(root, complaints) { Configuration(&$0) }
    try complaints.check()
  }

  private init(_ section: inout Section) {
    Self.checkVersion(&section)
    gateway = section.table("gateway") { Gateway(&$0) }
    capture = section.table("capture") { Capture(&$0) }
    state = section.table("state") { State(&$0) }
    audit = section.table("audit") { Audit(&$0) }
    control = section.table("control") { Control(&$0) }
    limits = section.table("limits") { Limits(&$0) }
    sessions = section.table("sessions") { Sessions(&$0) }
    doors = Door.all(&section)
    users = User.all(&section, doors: doors)
  }

  private static func checkVersion(_ section: inout Section) {
    section.require("version")
    guard let found = section.integer("version", in: .min ... .max), found.value != version else { return }
    section.complain("version \(found.value) is unknown; this program reads version \(version)", at: found.position)
  }

  private static func tree(_ text: [UInt8], file: String) throws(ConfigFailure) -> TomlNode {
    do throws(ConfigError) {
      return try TomlDocument(text, file: file).root()
    } catch {
      throw ConfigFailure(errors: [error])
    }
  }
}
