// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternWire

/// Computes and checks the tag by which a gateway key recognises its packets before anything else is done with them.
///
/// K = HMAC(A, "postern spa v1 tag" || gateway public key); tag = HMAC(K, bytes 16..<184), the first 16 bytes.
package struct SPATag: ~Copyable {
  private let hmac: HMACSHA256

  package init(admission: Bytes32, gateway: Bytes32) throws(CryptoError) {
    let key = try admission.withBytes { admission throws(CryptoError) in
      try HMACSHA256.mac(SPALabel.tag + gateway.array, key: admission)
    }
    hmac = try key.withBytes { key throws(CryptoError) in try HMACSHA256(key: key) }
  }

  /// The tag of everything behind the tag's place; the caller has checked the length.
  package func tag(of datagram: RawSpan) throws(CryptoError) -> Bytes16 {
    try hmac.mac(datagram.extracting(droppingFirst: SPAPacket.tagLength)).high
  }

  /// Whether the datagram carries its tag; compares in constant time and allocates nothing in Swift.
  package func matches(_ datagram: RawSpan) -> Bool {
    guard let tag = try? tag(of: datagram) else { return false }
    return constantTimeEqual(tag, Bytes16(datagram))
  }
}
