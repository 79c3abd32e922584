// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
import PosternWire

/// A hash that a protocol may choose. Hashing loads and allocates nothing.
///
/// MD5 and SHA-1 are here because old protocols have them inside; nothing of Postern's own uses them.
package enum HashAlgorithm: UInt8, Hashable, Sendable, CaseIterable {
  /// RFC 1321.
  case md5 = 1
  /// FIPS 180-4.
  case sha1
  case sha256
  case sha384
  case sha512
  /// FIPS 202.
  case sha3_256
  case sha3_512

  /// The length of a digest, and of a code made with it.
  package var byteCount: Int { Int(postern_hash_size(c)) }

  package func hash(_ message: RawSpan) -> [UInt8] { digest(message).array }

  package func hash(_ message: [UInt8]) -> [UInt8] { message.withBytes { hash($0) } }

  package func digest(_ message: RawSpan) -> HashDigest {
    let nothing = message.extracting(first: 0)
    return digest(message, nothing, nothing)
  }

  /// The digest of both parts, one behind the other.
  package func digest(_ first: RawSpan, _ second: RawSpan) -> HashDigest { digest(first, second, second.extracting(first: 0)) }

  /// The digest of all three parts, one behind the other.
  package func digest(_ first: RawSpan, _ second: RawSpan, _ third: RawSpan) -> HashDigest {
    unsafe HashDigest(count: byteCount) { output in
      unsafe first.withBytePointer { first, firstCount in
        unsafe second.withBytePointer { second, secondCount in
          unsafe third.withBytePointer { third, thirdCount in
            let parts = unsafe postern_hash_parts(
              first: first, first_count: firstCount, second: second, second_count: secondCount, third: third,
              third_count: thirdCount)
            unsafe postern_hash_whole(c, parts, output)
          }
        }
      }
    }
  }

  var c: postern_hash {
    switch self {
    case .md5: postern_md5
    case .sha1: postern_sha1
    case .sha256: postern_sha256_hash
    case .sha384: postern_sha384
    case .sha512: postern_sha512
    case .sha3_256: postern_sha3_256
    case .sha3_512: postern_sha3_512
    }
  }
}

extension HashAlgorithm: CustomStringConvertible {
  /// Its name in configuration and on command lines.
  package var description: String {
    switch self {
    case .md5: "md5"
    case .sha1: "sha1"
    case .sha256: "sha256"
    case .sha384: "sha384"
    case .sha512: "sha512"
    case .sha3_256: "sha3_256"
    case .sha3_512: "sha3_512"
    }
  }
}

extension HashAlgorithm: LosslessStringConvertible {
  package init?(_ name: String) {
    guard let named = Self.allCases.first(where: { $0.description == name }) else { return nil }
    self = named
  }
}
