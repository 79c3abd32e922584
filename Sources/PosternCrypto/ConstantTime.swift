// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// Whether both hold the same bytes, in a time that depends on the lengths alone.
package func constantTimeEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
  guard left.byteCount == right.byteCount else { return false }
  return unsafe left.withUnsafeBytes { left in
    unsafe right.withUnsafeBytes { right in unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0 }
  }
}

/// Whether both tags are the same, in constant time.
package func constantTimeEqual(_ left: Bytes16, _ right: Bytes16) -> Bool {
  left.withBytes { left in right.withBytes { right in constantTimeEqual(left, right) } }
}

/// Whether both values are the same, in constant time.
package func constantTimeEqual(_ left: Bytes32, _ right: Bytes32) -> Bool {
  left.withBytes { left in right.withBytes { right in constantTimeEqual(left, right) } }
}
