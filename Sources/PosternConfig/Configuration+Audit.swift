// SPDX-License-Identifier: Apache-2.0
package import PosternTables

extension Configuration {
  /// `[audit]`: where decisions are written.
  package struct Audit: Sendable {
    /// Nil is standard output.
    package let file: Located<String>?
    package let journal: KeeperTables.Journal

    private static let journalSocket = "/run/systemd/journal/socket"

    init(_ section: inout Section) {
      let path = section.path("file", atMost: TableLimits.pathBytes, standard: "/var/log/postern/audit.jsonl")
      file = path.value == "-" ? nil : path
      journal = Self.journal(&section) ?? .whenThere(Self.journalSocket)
    }

    /// `true`, `false`, `"auto"` or the path of a socket.
    private static func journal(_ section: inout Section) -> KeeperTables.Journal? {
      let key = "journal"
      guard let node = section.entry(key)?.node else { return nil }
      if case .boolean(let isOn) = node.kind { return isOn ? .always(journalSocket) : .off }
      let form = TextForm("true, false, \"auto\" or an absolute path") { text in
        text == "auto" || text.hasPrefix("/") && text.isPlain && text.utf8.count <= TableLimits.socketPathBytes ? text : nil
      }
      return section.text(key, form).map { $0.value == "auto" ? .whenThere(journalSocket) : .always($0.value) }
    }
  }
}
