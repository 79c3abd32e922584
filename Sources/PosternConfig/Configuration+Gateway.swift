// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables

extension Configuration {
  /// `[gateway]`: the identity of this gateway and its clock.
  package struct Gateway: Sendable {
    /// One or, while a key is being replaced, two.
    package let keys: [KeyFile]
    /// Absent means a secret of zeros.
    package let admission: Located<String>?
    package let clockIsTrusted: Bool
    package let position: ConfigPosition
  }

  /// A file with a private key, and until when the key counts.
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
    let single = section.text("key", .path).map { [Configuration.KeyFile(file: $0, until: nil)] }
    let several = section.tables("keys", 1...TableLimits.gatewayKeys) { Configuration.KeyFile(&$0) }
    keys = single ?? several.compactMap { $0 }
    admission = section.text("admission", .path)
    clockIsTrusted = section.text("clock", Self.clocks)?.value ?? false
  }
}

extension Configuration.KeyFile {
  fileprivate init?(_ section: inout Section) {
    let file = section.requiredText("file", .path)
    let until = section.time("until")?.value
    guard let file else { return nil }
    self.init(file: file, until: until)
  }
}
