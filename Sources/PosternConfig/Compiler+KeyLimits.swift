// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  /// The state's renewal counts for every key, besides its own.
  func limits(_ key: Configuration.ClientKey) -> KeyLimits {
    KeyLimits(
      uses: key.limits.uses, secondFactor: key.limits.secondFactor.map(secondFactor), remembers: key.form.remembers,
      renewal: configuration.state.renewal + key.limits.renewal)
  }

  /// Complains about a second factor that the key's knocks have no place for.
  func checkCarriesCodes(_ key: Configuration.ClientKey) {
    guard let factor = key.limits.secondFactor else { return }
    switch (key.form, factor) {
    case (.pasmal, _): return
    case (.spa, .totp(_, _, let digits)), (.spa, .hotp(_, _, let digits, _)):
      if digits > 6 { complaints.add("a knock of spa carries a code of six digits", at: key.name.position) }
    case (.spa, .chain), (.knockd, _), (.cd00r, _), (.doorman, _), (.tumbler, _), (.header, _), (.syn, _), (.fwknop, _),
      (.ports, _), (.sadoor, _), (.rolling, _):
      complaints.add("knocks of this protocol have no place for such a second factor", at: key.name.position)
    }
  }

  private func secondFactor(_ factor: Configuration.SecondFactor) -> SecondFactor {
    switch factor {
    case .totp(let file, let hash, let digits): .totp(CodeSecret(secret: sealedKey(file), hash: hash, digits: digits))
    case .hotp(let file, let hash, let digits, let start):
      .hotp(CodeSecret(secret: sealedKey(file), hash: hash, digits: digits), from: start)
    case .chain(let anchor): .chain(anchor: anchor)
    }
  }
}

extension Configuration.KeyForm {
  /// Whether knocks of this form carry something that counts once only.
  var remembers: Bool {
    switch self {
    case .spa, .cd00r, .doorman, .tumbler, .header, .syn, .fwknop, .ports, .sadoor, .rolling: false
    case .knockd(let key): key.isOneTime
    case .pasmal(let key): key.screen != nil
    }
  }
}
