// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternWire

/// Makes Doorman's datagrams.
package enum DoormanEncoder {
  /// The datagram that asks for a TCP port. `tag` is drawn for each knock: the gateway refuses one that it has seen, for ever.
  ///
  /// Nil for a group that stands in no datagram.
  package static func datagram(asking port: Port, group: String, secret: RawSpan, tag: UInt32) -> [UInt8]? {
    guard DoormanPacket.group(group) != nil else { return nil }
    let digits = String(tag)
    let padded = String(repeating: "0", count: DoormanPacket.tagLength - digits.utf8.count) + digits
    let signed = Array("\(port) \(group) \(padded)".utf8)
    let digest = signed.withBytes { DoormanDigest.digest($0, secret: secret) }
    return signed + [DoormanPacket.blank] + Array(Hex.encode(digest.array).utf8)
  }

  /// The one packet of a knock at `gatewayPort`.
  package static func steps(
    asking port: Port, group: String, secret: RawSpan, tag: UInt32, at gatewayPort: Port
  ) -> [KnockStep]? {
    datagram(asking: port, group: group, secret: secret, tag: tag).map { [.udp(gatewayPort.number, $0)] }
  }
}
