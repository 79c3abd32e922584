// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// HMAC-SHA256 (RFC 2104) under one key, whose schedule is computed once and reused for every message.
@safe package struct HMACSHA256: ~Copyable {
  private let states: UnsafeMutablePointer<postern_hmac>

  package init(key: RawSpan) {
    unsafe states = .allocate(capacity: 1)
    unsafe states.initialize(to: postern_hmac())
    unsafe Self.schedule(key, in: states)
  }

  deinit {
    unsafe OPENSSL_cleanse(states, MemoryLayout<postern_hmac>.size)
    unsafe states.deallocate()
  }

  /// Replaces the key; an empty one counts as a block of zeros, as RFC 2104 says.
  package func rekey(_ key: RawSpan) { unsafe Self.schedule(key, in: states) }

  package func mac(_ message: RawSpan) -> Bytes32 { mac(message, message.extracting(first: 0)) }

  /// The code of both parts, one behind the other.
  package func mac(_ first: RawSpan, _ second: RawSpan) -> Bytes32 {
    unsafe Bytes32 { output in
      unsafe first.withBytePointer { first, firstCount in
        unsafe second.withBytePointer { second, secondCount in
          unsafe postern_hmac_mac(states, first, firstCount, second, secondCount, output)
        }
      }
    }
  }

  /// One code with a context of its own: for set-up, not for the packet path.
  package static func mac(_ message: [UInt8], key: RawSpan) -> Bytes32 {
    let keyed = HMACSHA256(key: key)
    return message.withBytes { keyed.mac($0) }
  }

  private static func schedule(_ key: RawSpan, in states: UnsafeMutablePointer<postern_hmac>) {
    unsafe key.withBytePointer { unsafe postern_hmac_key(states, $0, $1) }
  }
}
