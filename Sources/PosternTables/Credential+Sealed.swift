// SPDX-License-Identifier: Apache-2.0
package import PosternWire

extension Credential {
  /// The secret of a key that must serve no other one: of those that count on from the time.
  package var sealedSecret: Bytes32? {
    switch self {
    case .ports(let ports): if case .sealed(let secret) = ports.form { secret } else { nil }
    case .sadoor(let sadoor): if case .sealed(let secret) = sadoor.form { secret } else { nil }
    case .rolling(let rolling): rolling.secret
    case .pasmal(let pasmal): pasmal.screen?.secret
    case .spa, .fwknop, .knockd, .header, .doorman, .tumbler, .cd00r, .syn: nil
    }
  }

  /// Whether the gate has to load OpenSSL's legacy provider to read its knocks.
  package var needsLegacyCiphers: Bool {
    switch self {
    case .ports(let ports): if case .legacy = ports.form { true } else { false }
    case .sadoor(let sadoor): if case .legacy = sadoor.form { true } else { false }
    case .spa, .fwknop, .knockd, .header, .doorman, .tumbler, .cd00r, .pasmal, .rolling, .syn: false
    }
  }
}
