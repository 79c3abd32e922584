// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[state]`: where the replay ring is kept.
  package struct State: Sendable {
    package let directory: String

    init(_ section: inout Section) { directory = section.text("directory", .path)?.value ?? "/var/lib/postern" }
  }

  /// `[audit]`: where decisions are written.
  package struct Audit: Sendable {
    /// Nil is standard output.
    package let file: String?

    init(_ section: inout Section) {
      let path = section.text("file", .path)?.value ?? "/var/log/postern/audit.jsonl"
      file = path == "-" ? nil : path
    }
  }

  /// `[control]`: where operators are listened to.
  package struct Control: Sendable {
    package let socket: String

    init(_ section: inout Section) {
      socket = section.text("socket", .path(atMost: TableLimits.socketPathBytes))?.value ?? "/run/postern/control"
    }
  }
}
