// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// One key of the gateway, prepared: what it takes to recognise and read packets made for it.
///
/// Keys and admission secrets are chained by constants: a walk along them retains none, as one through an array would for every junk packet.
final class SPAGateway {
  let validity: Validity
  let privateKey: X25519PrivateKey
  private let admission: Admission?
  private let next: SPAGateway?

  /// An admission secret of the gateway, made into this key's tag.
  private final class Admission {
    private let validity: Validity
    private let tag: SPATag
    private let next: Admission?

    init(_ admission: GateTables.Admission, gateway: Bytes32, next: Admission?) {
      validity = admission.validity
      tag = SPATag(admission: admission.secret, gateway: gateway)
      self.next = next
    }

    /// The place of the first that the datagram is tagged with, where this one is at `place`.
    func first(of datagram: RawSpan, at now: Timestamp, place: UInt8) -> UInt8? {
      if validity.contains(now), tag.matches(datagram) { return place }
      return next?.first(of: datagram, at: now, place: place + 1)
    }
  }

  /// `next` is the one that is asked when a datagram is not for this one.
  init(_ key: GateTables.GatewayKey, admissions: [GateTables.Admission], next: SPAGateway?) throws(CryptoError) {
    let privateKey = try X25519PrivateKey(key.privateKey)
    validity = key.validity
    admission = admissions.reversed().reduce(nil) { Admission($1, gateway: privateKey.publicKey, next: $0) }
    self.privateKey = privateKey
    self.next = next
  }

  /// The key, this one at `place` or one behind it, and the admission secret by which the datagram is tagged; nil when it is by none, or when
  /// either has had its time. One HMAC a pair.
  func addressee(of datagram: RawSpan, at now: Timestamp, place: UInt8 = 0) -> Addressee? {
    if validity.contains(now), let admission = admission?.first(of: datagram, at: now, place: 0) {
      return Addressee(gatewayKey: place, admission: admission)
    }
    return next?.addressee(of: datagram, at: now, place: place + 1)
  }

  var publicKey: Bytes32 { privateKey.publicKey }
}
