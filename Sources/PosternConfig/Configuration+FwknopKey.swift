// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
package import PosternWire

extension Configuration {
  /// A key of the `fwknop` protocol: what a stanza of its server's `access.conf` says.
  package struct FwknopKey: Sendable {
    /// A file with a secret.
    package struct Secret: Sendable {
      package let file: Located<String>
      /// Whether it holds base64 instead of the bytes themselves.
      package let isBase64: Bool
    }

    package let passphrase: Secret
    /// The key of the code over each packet; nil is the explicit choice of none.
    package let code: Secret?
    package let codeHash: FwknopCredential.CodeHash
    package let mode: FwknopCredential.Mode
    /// The user that packets must name; empty admits any.
    package let user: String
    /// Where packets may come from; empty admits any source.
    package let sources: [AddressPrefix]
    package let requiresAddress: Bool
    package let allowsAnyAgent: Bool
  }
}

extension Configuration.FwknopKey {
  private static let hashes: [(word: String, value: FwknopCredential.CodeHash)] = [
    ("md5", .md5), ("sha1", .sha1), ("sha256", .sha256), ("sha384", .sha384), ("sha512", .sha512), ("sha3_256", .sha3_256),
    ("sha3_512", .sha3_512),
  ]

  init?(_ section: inout Section) {
    section.needsExactlyOne(of: "key", "key-base64")
    let passphrase = Secret("key", &section)
    Self.needsOneCode(&section)
    let code = Secret("hmac", &section)
    let lacksCode = Self.lacksCode(&section)
    let hash = section.text("hmac-type", .oneOf(Self.hashes))
    if let hash, lacksCode { section.complain("\"hmac-type\" means nothing with \"hmac-none\"", at: hash.position) }
    let mode = Self.mode(&section, lacksCode: lacksCode)
    let user = section.text("require-user", .fwknopUser)?.value ?? ""
    let sources = section.texts("from", .prefix, 1...FwknopCredential.sourceLimit)?.map(\.value) ?? []
    let requiresAddress = section.boolean("require-address")?.value ?? false
    let allowsAnyAgent = section.boolean("any-agent")?.value ?? false
    guard let passphrase, code != nil || lacksCode else { return nil }
    self.init(
      passphrase: passphrase, code: code, codeHash: hash?.value ?? .sha256, mode: mode, user: user, sources: sources,
      requiresAddress: requiresAddress, allowsAnyAgent: allowsAnyAgent)
  }

  private static func needsOneCode(_ section: inout Section) {
    let names = ["hmac", "hmac-base64", "hmac-none"]
    if !names.contains(where: { section.entry($0) != nil }) { section.require(names[0]) }
    for (index, name) in names.enumerated() {
      for other in names[..<index] { section.excludes(other, name) }
    }
  }

  private static func lacksCode(_ section: inout Section) -> Bool {
    guard let none = section.text("hmac-none", .words(lacksCodeWords)) else { return false }
    return !none.value.isEmpty
  }

  /// What has to be said to take packets that nobody vouches for.
  package static let lacksCodeWords = "legacy: packets without an HMAC"

  private static func mode(_ section: inout Section, lacksCode: Bool) -> FwknopCredential.Mode {
    let modes: [(word: String, value: FwknopCredential.Mode)] = [("cbc", .cbc), ("legacy", .legacy)]
    guard let mode = section.text("mode", .oneOf(modes)) else { return .cbc }
    if mode.value == .legacy, !lacksCode {
      section.complain("a \"mode\" of \"legacy\" has no HMAC: no client makes one", at: mode.position)
    }
    return mode.value
  }
}

extension Configuration.FwknopKey.Secret {
  /// The file that `key` or `key-base64` names.
  fileprivate init?(_ key: String, _ section: inout Section) {
    let text = section.text(key, .path)
    let base64 = section.text(key + "-base64", .path)
    guard let file = text ?? base64 else { return nil }
    self.init(file: file, isBase64: text == nil)
  }
}

extension TextForm<String> {
  /// What fwknop takes for a user's name.
  fileprivate static var fwknopUser: TextForm {
    let refused = Array("\"/\\[]:;|=,+*?<>".utf8)
    return TextForm("a user name as fwknop has it: 1 to \(FwknopCredential.userLimit) printable characters") { text in
      let isName = text.utf8.allSatisfy { (0x20...0x7e).contains($0) && !refused.contains($0) }
      return isName && (1...FwknopCredential.userLimit).contains(text.utf8.count) ? text : nil
    }
  }
}
