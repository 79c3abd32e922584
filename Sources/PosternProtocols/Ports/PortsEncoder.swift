// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
internal import PosternWire

/// Makes the port sequences of one key, sealed or classic.
package struct PortsEncoder: ~Copyable {
  /// Between two packets, so that they seldom overtake each other.
  package static let pause = Timestamp.Span.milliseconds(10)

  private let sealed: SealedSender?
  private let legacy: BlowfishKey?
  private let alphabet: PortAlphabet
  private let order: PortsCredential.Order

  /// Throws ``CryptoError/noLegacyProvider`` for a classic key where OpenSSL has no Blowfish.
  package init(_ credential: PortsCredential) throws(CryptoError) {
    order = credential.order
    switch credential.form {
    case .sealed(let key):
      sealed = try SealedSender(key, of: .ports)
      legacy = nil
      alphabet = .halves(from: credential.base)
    case .legacy(let key):
      legacy = try BlowfishKey(key, LegacyCiphers())
      sealed = nil
      alphabet = .bytes(from: credential.base)
    case .plain:
      sealed = nil
      legacy = nil
      alphabet = .bytes(from: credential.base)
    }
  }

  /// The ports of a sealed claim; `counter` is max(now, last + 1), and none may serve twice. Nil when the key is a classic one.
  package func ports(_ claim: PortsClaim, counter: Timestamp) throws(CryptoError) -> [UInt16]? {
    guard let sealed else { return nil }
    let form = PortsClaim.form(claim.address.family)
    return alphabet.ports(of: try sealed.seal(claim.encoded, form: form, counter: counter))
  }

  /// The eight ports of a classic block; nil when the key is a sealed one.
  package func ports(_ block: ClassicBlock) throws(CryptoError) -> [UInt16]? {
    guard sealed == nil else { return nil }
    let plain = block.encoded
    let carried = if let legacy { try legacy.encrypt(plain) } else { plain }
    var bytes = WireWriter(capacity: ClassicBlock.length)
    bytes.u64(carried)
    return alphabet.ports(of: bytes.bytes)
  }

  /// The packets for ports. Where sequence numbers restore the order they count on from `nonce`, which takes the right to send raw
  /// packets; otherwise any user may send them.
  package func steps(_ ports: [UInt16], nonce: UInt32) -> [KnockStep] {
    ports.enumerated().map { position, port in
      switch order {
      case .arrival: .connect(port, pause: Self.pause)
      case .sequence:
        KnockStep(
          .tcp(.init(sequence: nonce &+ UInt32(truncatingIfNeeded: position))), port: port, pause: Self.pause)
      }
    }
  }
}
