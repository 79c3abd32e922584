// SPDX-License-Identifier: Apache-2.0
package import PosternWire

extension Configuration {
  /// A key of the `spa` protocol.
  package struct SPAKey: Sendable {
    package let publicKey: Located<Bytes32>
    /// The file of the pre-shared key; nil is the explicit choice of none.
    package let presharedKey: Located<String>?
  }
}

extension Configuration.SPAKey {
  init?(_ section: inout Section) {
    let publicKey = section.requiredText("public", .base64)
    section.needsExactlyOne(of: "psk", "psk-none")
    let file = section.text("psk", .path)
    if let none = section.boolean("psk-none"), !none.value {
      section.complain("\"psk-none\" must be true or left out", at: none.position)
    }
    if let publicKey, publicKey.value == .zero { section.complain("the public key is all zeros", at: publicKey.position) }
    guard let publicKey else { return nil }
    self.init(publicKey: publicKey, presharedKey: file)
  }
}
