// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func pasmal(_ key: Configuration.PasmalKey, _ owner: Configuration.ClientKey) -> PasmalCredential {
    checkPasswords(key, owner)
    var screen = key.screen?.form
    if let file = key.screen?.file { screen?.secret = sealedKey(file) }
    return PasmalCredential(
      opener: key.opener, screen: screen, passwordPort: key.passwordPort?.value, timeout: key.timeout)
  }

  /// A short code behind a sequence that anybody may have seen would be guessed at the speed of the line: it needs the screen before it.
  private func checkPasswords(_ key: Configuration.PasmalKey, _ owner: Configuration.ClientKey) {
    switch (owner.limits.secondFactor, key.passwordPort) {
    case (nil, let port?): complaints.add("\"password-port\" needs one of \"chain\", \"totp\", \"hotp\"", at: port.position)
    case (.some, nil): complaints.add("one-time passwords need a \"password-port\"", at: owner.name.position)
    case (.totp, .some), (.hotp, .some):
      if key.screen == nil { complaints.add("codes need a \"screen\" before them: they can be guessed", at: owner.name.position) }
    case (nil, nil), (.chain, .some): break
    }
  }
}
