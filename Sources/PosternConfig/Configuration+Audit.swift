// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[audit]`: where decisions are written.
  package struct Audit: Sendable {
    /// Nil is standard output.
    package let file: Located<String>?

    init(_ section: inout Section) {
      let path = section.path("file", atMost: TableLimits.pathBytes, standard: "/var/log/postern/audit.jsonl")
      file = path.value == "-" ? nil : path
    }
  }
}
