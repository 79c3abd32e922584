// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternWire

/// The name of a header knock in leases and audit; it guards against nothing.
enum HeaderKnockID {
  private static let label = Array("postern header id".utf8)

  /// SHA-256(label || time of receipt || key || source || source port || destination port), the first sixteen bytes.
  static func id(_ key: KeyIndex, _ packet: borrowing PacketView, at now: Timestamp) -> Bytes16 {
    var writer = WireWriter(capacity: label.count + 40)
    writer.raw(label)
    writer.u64(now.nanoseconds)
    writer.u64(UInt64(key.value))
    switch packet.source {
    case .v4(let address): writer.u32(address.value)
    case .v6(let address): writer.put(address.bytes)
    }
    writer.u16(packet.transport.sourcePort)
    writer.u16(packet.transport.destinationPort)
    return SHA256.hash(writer.bytes).high
  }
}
