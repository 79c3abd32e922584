// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables

extension Configuration {
  /// `[gateway]`: the identity of this gateway and its clock.
  package struct Gateway: Sendable {
    /// One or, while a key is being replaced, two.
    package let keys: [KeyFile]
    /// None, which means a secret of zeros, or one or, while it is being replaced, two.
    package let admissions: [KeyFile]
    package let clockIsTrusted: Bool
    package let position: ConfigPosition
  }

  /// A file with a secret of the gateway, and until when it counts.
  package struct KeyFile: Sendable {
    package let file: Located<String>
    package let until: Timestamp?
  }
}

extension Configuration.Gateway {
  private static var clocks: TextForm<Bool> { .oneOf([("synchronised", false), ("trusted", true)]) }

  init(_ section: inout Section) {
    position = section.position
    section.needsExactlyOne(of: "key", "keys")
    keys = Configuration.KeyFile.all(&section, "key", "keys", atMost: TableLimits.gatewayKeys)
    section.excludes("admission", "admissions")
    admissions = Configuration.KeyFile.all(&section, "admission", "admissions", atMost: TableLimits.admissions)
    clockIsTrusted = section.text("clock", Self.clocks)?.value ?? false
  }
}

extension Configuration.KeyFile {
  /// One file under the first key, or tables under the second.
  fileprivate static func all(
    _ section: inout Section, _ one: String, _ several: String, atMost limit: Int
  ) -> [Configuration.KeyFile] {
    let single = section.text(one, .path).map { [Configuration.KeyFile(file: $0, until: nil)] }
    let listed = section.tables(several, 1...limit) { Configuration.KeyFile(&$0) }
    return single ?? listed.compactMap { $0 }
  }

  fileprivate init?(_ section: inout Section) {
    let file = section.requiredText("file", .path)
    let until = section.time("until")?.value
    guard let file else { return nil }
    self.init(file: file, until: until)
  }
}
