// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// One key of the gateway, prepared: what it takes to recognise and read packets made for it.
final class SPAGateway {
  let validity: Validity
  let privateKey: X25519PrivateKey
  let tag: SPATag

  init(_ key: GateTables.GatewayKey, admission: Bytes32) throws(CryptoError) {
    validity = key.validity
    privateKey = try X25519PrivateKey(key.privateKey)
    tag = SPATag(admission: admission, gateway: privateKey.publicKey)
  }

  var publicKey: Bytes32 { privateKey.publicKey }
}
