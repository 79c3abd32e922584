// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternWire

/// The name that a knock of several packets has in leases and audit; it guards against nothing.
enum SequenceKnockID {
  /// SHA-256("postern sequence id" || protocol || key || time of the last packet || source), the first sixteen bytes.
  static func id(_ knockProtocol: KnockProtocol, _ key: KeyIndex, _ source: IPAddress, at now: Timestamp) -> Bytes16 {
    var writer = WireWriter(capacity: label.count + 33)
    writer.raw(label)
    writer.u8(knockProtocol.rawValue)
    writer.u64(UInt64(key.value))
    writer.u64(now.nanoseconds)
    switch source {
    case .v4(let address): writer.u32(address.value)
    case .v6(let address): writer.put(address.bytes)
    }
    return SHA256.hash(writer.bytes).high
  }

  private static let label = Array("postern sequence id".utf8)
}
