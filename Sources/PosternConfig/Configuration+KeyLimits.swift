// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

extension Configuration {
  /// What bounds a client key beside its validity: how often it opens, and what a knock has to prove besides.
  package struct KeyLimits: Sendable {
    package let uses: UInt32?
    package let secondFactor: SecondFactor?
    package let renewal: UInt32
  }

  /// The second factor of a key, as far as the text tells.
  package enum SecondFactor: Sendable {
    case totp(file: Located<String>, CodeSecret.Hash, digits: UInt8)
    case hotp(file: Located<String>, CodeSecret.Hash, digits: UInt8, from: UInt64)
    case chain(anchor: Bytes32)
  }
}

extension Configuration.KeyLimits {
  /// Far more than anybody counts.
  private static let most: ClosedRange<Int64> = 1...1_000_000_000

  init(_ section: inout Section) {
    uses = section.integer("uses", in: Self.most).map { UInt32(clamping: $0.value) }
    renewal = section.renewal()
    secondFactor = Configuration.SecondFactor(&section)
  }
}

extension Configuration.SecondFactor {
  /// Nil where the section names none, or several.
  fileprivate init?(_ section: inout Section) {
    for (first, second) in [("totp", "hotp"), ("totp", "chain"), ("hotp", "chain")] { section.excludes(first, second) }
    let (totp, hotp, chain) = (section.text("totp", .path), section.text("hotp", .path), section.text("chain", .base64))
    let hash = section.text("code-hash", .codeHash)
    let digits = section.integer("code-digits", in: 6...9)
    let start = section.integer("hotp-from", in: 0...(.max))
    if totp == nil, hotp == nil, let position = hash?.position ?? digits?.position {
      section.complain("\"code-hash\" and \"code-digits\" are of no use without \"totp\" or \"hotp\"", at: position)
    }
    if hotp == nil, let start { section.complain("\"hotp-from\" is of no use without \"hotp\"", at: start.position) }
    let form = (hash?.value ?? .sha1, UInt8(clamping: digits?.value ?? 6))
    switch (totp, hotp, chain) {
    case (let file?, _, _): self = .totp(file: file, form.0, digits: form.1)
    case (nil, let file?, _): self = .hotp(file: file, form.0, digits: form.1, from: UInt64(start?.value ?? 0))
    case (nil, nil, let anchor?): self = .chain(anchor: anchor.value)
    case (nil, nil, nil): return nil
    }
  }
}

extension Section {
  /// The number that is raised to have what was used up begin anew.
  mutating func renewal() -> UInt32 {
    integer("renewal", in: 0...Int64(UInt16.max)).map { UInt32(clamping: $0.value) } ?? 0
  }
}

extension TextForm<CodeSecret.Hash> {
  fileprivate static var codeHash: TextForm { .oneOf([("sha1", .sha1), ("sha256", .sha256), ("sha512", .sha512)]) }
}
