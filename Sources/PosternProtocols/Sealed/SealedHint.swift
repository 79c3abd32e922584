// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternWire

/// Computes hints: four bytes by which the gate finds the key of an envelope without trying any other.
///
/// K_hint = HMAC(key, "postern NAME v1 hint"); hint = HMAC(K_hint, u64(step) || u8(form)), the first four bytes; the step is the counter
/// divided by 64 s. One value serves any number of keys, one after the other.
package struct SealedHint: ~Copyable {
  package static let stepLength: UInt64 = 64_000_000_000

  private let hmac: HMACSHA256
  private let label: [UInt8]

  package init(_ knockProtocol: KnockProtocol) {
    hmac = Bytes32.zero.withBytes { HMACSHA256(key: $0) }
    label = Array("postern \(knockProtocol) v1 hint".utf8)
  }

  package static func step(of counter: UInt64) -> UInt64 { counter / stepLength }

  /// The key of the hints and ids that belong to a client key.
  package func key(_ secret: Bytes32) -> Bytes32 {
    secret.withBytes { hmac.rekey($0) }
    return label.withBytes { hmac.mac($0) }
  }

  package func value(key: RawSpan, step: UInt64, form: UInt8) -> UInt32 {
    hmac.rekey(key)
    var message = WireWriter(capacity: 9)
    message.u64(step)
    message.u8(form)
    return UInt32(truncatingIfNeeded: message.bytes.withBytes { hmac.mac($0).high.high } >> 32)
  }

  /// The identity of a knock for replay: HMAC(K_hint, "id" || u64(counter)), the first sixteen bytes.
  package func id(key: RawSpan, counter: UInt64) -> Bytes16 {
    hmac.rekey(key)
    var message = WireWriter(capacity: 10)
    message.raw("id".utf8)
    message.u64(counter)
    return message.bytes.withBytes { hmac.mac($0).high }
  }
}
