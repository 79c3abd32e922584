// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// What proves a Doorman datagram: HMAC-MD5 whose *key* is the text `port group tag` and whose *message* is the secret.
///
/// The order looks exchanged; it is what the original's client and server compute.
enum DoormanDigest {
  /// `signed` is the datagram up to the blank before the digest.
  static func digest(_ signed: RawSpan, secret: RawSpan) -> HashDigest { KeyedHash(.md5, key: signed).code(secret) }
}
