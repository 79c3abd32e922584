// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// One key of the gateway, prepared: what it takes to recognise and read packets made for it.
final class SPAGateway {
  let validity: Validity
  let privateKey: X25519PrivateKey
  private let admissions: [Admission]

  /// An admission secret of the gateway, made into this key's tag.
  private final class Admission {
    let validity: Validity
    let tag: SPATag

    init(_ admission: GateTables.Admission, gateway: Bytes32) {
      validity = admission.validity
      tag = SPATag(admission: admission.secret, gateway: gateway)
    }
  }

  init(_ key: GateTables.GatewayKey, admissions: [GateTables.Admission]) throws(CryptoError) {
    let privateKey = try X25519PrivateKey(key.privateKey)
    validity = key.validity
    self.admissions = admissions.map { Admission($0, gateway: privateKey.publicKey) }
    self.privateKey = privateKey
  }

  /// The admission secret by which the datagram is tagged for this key; nil when it is not, or when either has had its time. One HMAC
  /// an admission secret.
  func admission(of datagram: RawSpan, at now: Timestamp) -> Int? {
    guard validity.contains(now) else { return nil }
    return admissions.indices.first { admissions[$0].validity.contains(now) && admissions[$0].tag.matches(datagram) }
  }

  var publicKey: Bytes32 { privateKey.publicKey }
}
