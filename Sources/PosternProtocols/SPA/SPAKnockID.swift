// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternWire

/// The identity of a knock for replay: a hash over authenticated content alone.
package enum SPAKnockID {
  /// SHA-256("postern spa v1 id" || client public key || stamp), the first sixteen bytes.
  package static func id(client: Bytes32, stamp: Timestamp) -> Bytes16 {
    var writer = WireWriter(capacity: SPALabel.knock.count + 40)
    writer.raw(SPALabel.knock)
    writer.put(client)
    writer.u64(stamp.nanoseconds)
    return SHA256.hash(writer.bytes).high
  }
}
