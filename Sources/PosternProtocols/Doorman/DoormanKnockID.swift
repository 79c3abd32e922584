// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// The identity of a Doorman knock for replay: what its digest speaks of, whatever the digest's letters.
enum DoormanKnockID {
  private static let label = Array("postern doorman id".utf8)

  /// SHA-256(label || group, padded with zeros to 32 || tag, 8 bytes || port, 4 bytes), the first sixteen bytes.
  static func id(_ knock: DoormanPacket) -> Bytes16 {
    var writer = WireWriter(capacity: label.count + 44)
    writer.raw(label)
    writer.put(knock.group)
    writer.u64(knock.tag)
    writer.u32(knock.port)
    return SHA256.hash(writer.bytes).high
  }
}
