// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternWire

/// Computes and checks the tag by which a gateway key recognises its packets before anything else is done with them.
///
/// K = HMAC(A, "postern spa v1 tag" || gateway public key); tag = HMAC(K, bytes 16..<184), the first 16 bytes.
package struct SPATag: ~Copyable {
  private let hmac: HMACSHA256

  package init(admission: Bytes32, gateway: Bytes32) {
    let key = admission.withBytes { HMACSHA256.mac(SPALabel.tag + gateway.array, key: $0) }
    hmac = key.withBytes { HMACSHA256(key: $0) }
  }

  /// The tag of everything behind the tag's place; the caller has checked the length.
  package func tag(of datagram: RawSpan) -> Bytes16 {
    hmac.mac(datagram.extracting(droppingFirst: SPAPacket.tagLength)).high
  }

  /// Whether the datagram carries its tag; compares in constant time and allocates nothing in Swift.
  package func matches(_ datagram: RawSpan) -> Bool {
    constantTimeEqual(tag(of: datagram), Bytes16(datagram))
  }
}
