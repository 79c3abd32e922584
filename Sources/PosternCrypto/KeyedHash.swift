// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
import PosternWire

/// HMAC (RFC 2104) of any ``HashAlgorithm`` under one key, whose schedule is computed once and reused for every message.
@safe package struct KeyedHash: ~Copyable {
  package let algorithm: HashAlgorithm
  private let states: UnsafeMutablePointer<postern_keyed_hash>

  /// Takes keys of any length; one above the algorithm's block is hashed first.
  package init(_ algorithm: HashAlgorithm, key: RawSpan) {
    self.algorithm = algorithm
    unsafe states = .allocate(capacity: 1)
    unsafe states.initialize(to: postern_keyed_hash())
    unsafe key.withBytePointer { unsafe postern_keyed_hash_key(states, algorithm.c, $0, $1) }
  }

  deinit {
    unsafe OPENSSL_cleanse(states, MemoryLayout<postern_keyed_hash>.size)
    unsafe states.deallocate()
  }

  package func mac(_ message: RawSpan) -> [UInt8] { code(message).array }

  /// The code in place: nothing is allocated.
  package func code(_ message: RawSpan) -> HashDigest { code(message, message.extracting(first: 0)) }

  /// The code of both parts, one behind the other.
  package func code(_ first: RawSpan, _ second: RawSpan) -> HashDigest {
    unsafe HashDigest(count: algorithm.byteCount) { output in
      unsafe first.withBytePointer { first, firstCount in
        unsafe second.withBytePointer { second, secondCount in
          unsafe postern_keyed_hash_mac(states, first, firstCount, second, secondCount, output)
        }
      }
    }
  }
}
