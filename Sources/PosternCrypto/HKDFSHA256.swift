// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The HKDF of Noise rev. 34 section 4.3: RFC 5869 over HMAC-SHA256 with an empty info, two or three outputs of 32 bytes.
package struct HKDFSHA256: ~Copyable {
  private let hmac: HMACSHA256

  package init() throws(CryptoError) {
    hmac = try Bytes32.zero.withBytes { zeros throws(CryptoError) in try HMACSHA256(key: zeros) }
  }

  package func two(_ chainingKey: Bytes32, _ input: RawSpan) throws(CryptoError) -> (Bytes32, Bytes32) {
    try extract(chainingKey, input)
    let first = try expand(nil, counter: 1)
    return (first, try expand(first, counter: 2))
  }

  package func three(_ chainingKey: Bytes32, _ input: RawSpan) throws(CryptoError) -> (Bytes32, Bytes32, Bytes32) {
    let (first, second) = try two(chainingKey, input)
    return (first, second, try expand(second, counter: 3))
  }

  /// Leaves the context keyed with the extracted key.
  private func extract(_ chainingKey: Bytes32, _ input: RawSpan) throws(CryptoError) {
    try chainingKey.withBytes { key throws(CryptoError) in try hmac.rekey(key) }
    let extracted = try hmac.mac(input)
    try extracted.withBytes { key throws(CryptoError) in try hmac.rekey(key) }
  }

  private func expand(_ previous: Bytes32?, counter: UInt8) throws(CryptoError) -> Bytes32 {
    let tail: InlineArray<1, UInt8> = [counter]
    guard let previous else { return try hmac.mac(unsafe tail.span.bytes) }
    return try previous.withBytes { previous throws(CryptoError) in try hmac.mac(previous, unsafe tail.span.bytes) }
  }
}
