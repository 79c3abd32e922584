// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// What both sides hash before the first token: "postern spa v1" 00, the gateway's public key, the hint.
enum SPAPrologue {
  static func bytes(gateway: Bytes32, hint: UInt64) -> [UInt8] {
    var writer = WireWriter(capacity: SPALabel.prologue.count + 40)
    writer.raw(SPALabel.prologue)
    writer.put(gateway)
    writer.u64(hint)
    return writer.bytes
  }
}
