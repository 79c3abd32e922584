// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// The identity of a tumbler knock for replay: its hash, which covers minute, address and secret.
enum TumblerKnockID {
  private static let label = Array("postern tumbler id".utf8)

  /// SHA-256(label || the datagram's hash), the first sixteen bytes.
  static func id(_ knock: TumblerPacket) -> Bytes16 {
    label.withBytes { label in knock.hash.withBytes { SHA256.hash(label, $0).high } }
  }
}
