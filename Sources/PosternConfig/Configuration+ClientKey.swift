// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
package import PosternWire

extension Configuration {
  /// `[users.NAME.keys.DEVICE]`: one device of a user.
  package struct ClientKey: Sendable {
    package let name: Located<Name>
    package let publicKey: Located<Bytes32>
    /// The file of the pre-shared key; nil is the explicit choice of none.
    package let presharedKey: Located<String>?
    package let validity: Validity
  }
}

extension Configuration.ClientKey {
  static func all(_ section: inout Section) -> [Configuration.ClientKey] {
    let keys = section.named("keys", atMost: TableLimits.keys) { entry, section in
      Configuration.ClientKey(name: .init(entry, &section), &section)
    }
    return keys.compactMap { $0 }
  }

  private init?(name: Located<Name>?, _ section: inout Section) {
    let publicKey = section.requiredText("public", .base64)
    section.needsExactlyOne(of: "psk", "psk-none")
    let file = section.text("psk", .path)
    if let none = section.boolean("psk-none"), !none.value {
      section.complain("\"psk-none\" must be true or left out", at: none.position)
    }
    let validity = section.validity()
    if let publicKey, publicKey.value == .zero { section.complain("the public key is all zeros", at: publicKey.position) }
    guard let name, let publicKey else { return nil }
    self.init(name: name, publicKey: publicKey, presharedKey: file, validity: validity)
  }
}

extension Section {
  /// The keys `not-before` and `not-after`, in that order in time.
  mutating func validity() -> Validity {
    let notBefore = time("not-before")
    let notAfter = time("not-after")
    if let notBefore, let notAfter, notAfter.value <= notBefore.value {
      complain("\"not-after\" must be later than \"not-before\"", at: notAfter.position)
    }
    return Validity(notBefore: notBefore?.value, notAfter: notAfter?.value)
  }
}
