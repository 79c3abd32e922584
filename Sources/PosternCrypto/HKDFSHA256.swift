// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The HKDF of Noise rev. 34 section 4.3: RFC 5869 over HMAC-SHA256 with an empty info, two or three outputs of 32 bytes.
package struct HKDFSHA256: ~Copyable {
  private let hmac: HMACSHA256

  package init() { hmac = Bytes32.zero.withBytes { HMACSHA256(key: $0) } }

  package func two(_ chainingKey: Bytes32, _ input: RawSpan) -> (Bytes32, Bytes32) {
    extract(chainingKey, input)
    let first = expand(nil, counter: 1)
    return (first, expand(first, counter: 2))
  }

  package func three(_ chainingKey: Bytes32, _ input: RawSpan) -> (Bytes32, Bytes32, Bytes32) {
    let (first, second) = two(chainingKey, input)
    return (first, second, expand(second, counter: 3))
  }

  /// Leaves the context keyed with the extracted key.
  private func extract(_ chainingKey: Bytes32, _ input: RawSpan) {
    chainingKey.withBytes { hmac.rekey($0) }
    let extracted = hmac.mac(input)
    extracted.withBytes { hmac.rekey($0) }
  }

  private func expand(_ previous: Bytes32?, counter: UInt8) -> Bytes32 {
    let tail: InlineArray<1, UInt8> = [counter]
    guard let previous else { return hmac.mac(unsafe tail.span.bytes) }
    return previous.withBytes { hmac.mac($0, unsafe tail.span.bytes) }
  }
}
