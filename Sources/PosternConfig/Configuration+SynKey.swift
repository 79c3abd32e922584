// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Configuration {
  /// A key of the `syn` protocol.
  package struct SynKey: Sendable {
    /// The file of the secret.
    package let secret: Located<String>
    /// Whether the port that the SYN goes to is what it asks for.
    package let asksForPort: Bool
  }
}

extension Configuration.SynKey {
  init?(_ section: inout Section) {
    let secret = section.requiredText("secret", .path)
    let words: TextForm<Bool> = .oneOf([("port", true), ("door", false)])
    let asksForPort = section.text("opens", words)?.value ?? true
    guard let secret else { return nil }
    self.init(secret: secret, asksForPort: asksForPort)
  }
}

extension Compiler {
  func syn(_ key: Configuration.SynKey) -> SynCredential {
    SynCredential(secret: sealedKey(key.secret), asksForPort: key.asksForPort)
  }
}
