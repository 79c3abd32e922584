// SPDX-License-Identifier: Apache-2.0

extension Configuration {
  /// `[audit]`: where decisions are written.
  package struct Audit: Sendable {
    /// Nil is standard output.
    package let file: String?

    init(_ section: inout Section) {
      let path = section.text("file", .path)?.value ?? "/var/log/postern/audit.jsonl"
      file = path == "-" ? nil : path
    }
  }
}
