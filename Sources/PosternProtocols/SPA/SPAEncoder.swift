// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternWire

/// Makes `spa` packets for one profile.
package struct SPAEncoder: ~Copyable {
  private let gateway: Bytes32
  private let client: X25519PrivateKey
  private let noise: NoiseOneWay
  private let tag: SPATag
  private let hint: SPAHint
  private let secrets: SecretStore
  private let presharedKey: SecretStore.Slot
  private let hintKey: SecretStore.Slot

  /// Throws ``CryptoError/refusedPoint`` for a gateway key of small order.
  package init(_ profile: SPAProfile) throws(CryptoError) {
    let client = try X25519PrivateKey(profile.clientPrivateKey)
    let noise = try NoiseOneWay(.xpsk1)
    let tag = SPATag(admission: profile.admission, gateway: profile.gatewayPublicKey)
    let hint = SPAHint()
    var secrets = try SecretStore(capacity: 2)
    let presharedKey = try secrets.add(profile.presharedKey)
    let hintKey = try secrets.add(Self.hintKey(profile, client, hint))
    self.presharedKey = presharedKey
    self.hintKey = hintKey
    gateway = profile.gatewayPublicKey
    self.client = client
    self.noise = noise
    self.tag = tag
    self.hint = hint
    self.secrets = secrets
  }

  package var clientPublicKey: Bytes32 { client.publicKey }

  /// The datagram of a request, 184 bytes, with a fresh ephemeral key.
  package func encode(_ request: SPARequest) throws(CryptoError) -> [UInt8] {
    try encode(request, ephemeral: Randomness.bytes32())
  }

  /// The datagram of a request under a given ephemeral private key, which must never serve twice.
  package func encode(_ request: SPARequest, ephemeral: Bytes32) throws(CryptoError) -> [UInt8] {
    let payload = SPAPayload(
      action: request.action, door: request.door.map(SPADoor.id), ipv4: request.ipv4, ipv6: request.ipv6,
      wishedLease: request.wishedLease, stamp: request.stamp, totp: request.totp)
    return try seal(payload.encoded, hint: hint(at: request.stamp), ephemeral: ephemeral)
  }

  /// The hint that belongs to a stamp.
  package func hint(at stamp: Timestamp) -> UInt64 {
    secrets.withSecret(hintKey) { hint.value(key: $0, step: SPAHint.step(of: stamp)) }
  }

  /// The datagram around any payload and hint, whether or not they make sense: for ``encode(_:ephemeral:)``, tests and fuzzing.
  package func seal(_ payload: [UInt8], hint: UInt64, ephemeral: Bytes32) throws(CryptoError) -> [UInt8] {
    let ephemeral = try X25519PrivateKey(ephemeral)
    let message = try payload.withBytes { payload throws(CryptoError) in
      try SPAPrologue.bytes(gateway: gateway, hint: hint).withBytes { prologue throws(CryptoError) in
        try secrets.withSecret(presharedKey) { psk throws(CryptoError) in
          try noise.write(
            payload, prologue: prologue, ephemeral: ephemeral, initiator: client, responder: gateway, presharedKey: psk)
        }
      }
    }
    var writer = WireWriter(capacity: SPAPacket.length)
    writer.put(Bytes16.zero)
    writer.u64(hint)
    writer.raw(message)
    return tagged(writer.bytes)
  }

  /// `datagram` with its first sixteen bytes replaced by the tag over the others.
  package func tagged(_ datagram: [UInt8]) -> [UInt8] {
    let computed = datagram.withBytes { tag.tag(of: $0) }
    return computed.array + datagram.dropFirst(SPAPacket.tagLength)
  }

  private static func hintKey(
    _ profile: SPAProfile, _ client: borrowing X25519PrivateKey, _ hint: borrowing SPAHint
  ) throws(CryptoError) -> Bytes32 {
    let shared = try client.sharedSecret(with: profile.gatewayPublicKey)
    return shared.withBytes { shared in
      profile.presharedKey.withBytes { hint.key(staticStatic: shared, presharedKey: $0) }
    }
  }
}
