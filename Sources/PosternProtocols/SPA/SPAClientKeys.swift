// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// What the gate keeps of its clients: who has which key, and the secrets shared with each, in locked memory.
struct SPAClientKeys: ~Copyable {
  /// What one client key and one gateway key have in common.
  private struct Pair {
    let staticStatic: SecretStore.Slot
    let hintKey: SecretStore.Slot
  }

  private let store: SecretStore
  /// Places of client keys among those of this protocol.
  private let places: [Bytes32: Int]
  private let indices: [KeyIndex]
  private let presharedKeys: [SecretStore.Slot]
  /// The pair of the client key at place k and gateway key g stands at k * gateways + g.
  private let pairs: [Pair]
  private let gatewayCount: Int

  /// One curve operation a client key and gateway key. A public key of small order is refused, since its secret would be known
  /// to everybody.
  init(
    _ keys: [Registered<SPACredential>], gateways: [SPAGateway], _ hint: borrowing SPAHint
  ) throws(CryptoError) {
    var store = try SecretStore(capacity: keys.count * (1 + 2 * gateways.count))
    var presharedKeys: [SecretStore.Slot] = []
    var pairs: [Pair] = []
    for key in keys {
      presharedKeys.append(try store.add(key.credential.presharedKey))
      for gateway in gateways { pairs.append(try Self.pair(key.credential, gateway, &store, hint)) }
    }
    self.store = store
    self.presharedKeys = presharedKeys
    self.pairs = pairs
    gatewayCount = gateways.count
    // The first of two equal keys counts; the configuration refuses the second.
    let numbered = keys.enumerated().map { ($1.credential.publicKey, $0) }
    places = Dictionary(numbered, uniquingKeysWith: { first, _ in first })
    indices = keys.map(\.key)
  }

  private static func pair(
    _ key: SPACredential, _ gateway: SPAGateway, _ store: inout SecretStore, _ hint: borrowing SPAHint
  ) throws(CryptoError) -> Pair {
    let shared = try gateway.privateKey.sharedSecret(with: key.publicKey)
    let hintKey = shared.withBytes { shared in
      key.presharedKey.withBytes { hint.key(staticStatic: shared, presharedKey: $0) }
    }
    return Pair(staticStatic: try store.add(shared), hintKey: try store.add(hintKey))
  }

  var pairCount: Int { pairs.count }
  var isLocked: Bool { store.isLocked }

  /// The place of a client key, by which its secrets are asked for.
  func place(of publicKey: Bytes32) -> Int? { places[publicKey] }

  func index(of place: Int) -> KeyIndex { indices[place] }

  /// The hint of one pair, counted as ``pairCount`` does.
  func hint(ofPair pair: Int, step: UInt64, _ hint: borrowing SPAHint) -> UInt64 {
    store.withSecret(pairs[pair].hintKey) { hint.value(key: $0, step: step) }
  }

  func hint(of place: Int, gateway: Int, step: UInt64, _ hint: borrowing SPAHint) -> UInt64 {
    self.hint(ofPair: place * gatewayCount + gateway, step: step, hint)
  }

  /// Lends the static-static secret and the pre-shared key.
  func withSecrets<Result>(
    of place: Int, gateway: Int, _ body: (_ staticStatic: RawSpan, _ presharedKey: RawSpan) throws(CryptoError) -> Result
  ) throws(CryptoError) -> Result {
    let pair = pairs[place * gatewayCount + gateway]
    return try store.withSecret(pair.staticStatic) { shared throws(CryptoError) in
      try store.withSecret(presharedKeys[place]) { psk throws(CryptoError) in try body(shared, psk) }
    }
  }
}
