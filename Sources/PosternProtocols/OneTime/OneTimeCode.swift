// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
import PosternWire

/// One-time codes of decimal digits: HOTP (RFC 4226) and, with the number of a time step as counter, TOTP (RFC 6238).
package struct OneTimeCode: ~Copyable {
  /// Seconds; what every authenticator takes for granted (RFC 6238 section 5.2).
  package static let period: UInt64 = 30

  private let mac: KeyedHash
  private let modulus: UInt32

  /// `digits` is 6 to 9: fewer are guessed, more do not fit.
  package init(_ algorithm: HashAlgorithm, key: RawSpan, digits: UInt8) {
    mac = KeyedHash(algorithm, key: key)
    modulus = (0..<min(max(digits, 1), 9)).reduce(1) { product, _ in product * 10 }
  }

  /// The code of a counter: four bytes of its HMAC, taken from where the last four bits of it say (RFC 4226 section 5.3).
  package func code(_ counter: UInt64) -> UInt32 {
    let code = counter.withBytes { mac.code($0) }
    return code.withBytes { bytes in
      let offset = Int(bytes.byte(bytes.byteCount - 1) & 0xf)
      return (bytes.u32(at: offset) & 0x7fff_ffff) % modulus
    }
  }

  /// The number of the time step at a moment.
  package static func step(at now: Timestamp) -> UInt64 { now.nanoseconds / 1_000_000_000 / period }
}
