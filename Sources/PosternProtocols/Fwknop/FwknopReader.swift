// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads fwknop's packets.
package struct FwknopReader: ~Copyable {
  private var decoder: FwknopDecoder

  /// Copies the secrets into memory of its own.
  package init(_ keys: [Registered<FwknopCredential>], now: Timestamp) throws(CryptoError) {
    decoder = try FwknopDecoder(keys, now: now)
  }

  /// Whether the clients' secrets can never reach a swap device.
  package var secretsAreLocked: Bool { decoder.secretsAreLocked }

  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard let carrier = FwknopCarrier(packet) else { return .refused(.wrongTransport) }
    let body = FwknopBody(packet.payload, in: carrier)
    switch decoder.decode(packet.payload.extracting(body.place), body.form, from: packet.source, at: now) {
    case .refused(let denial): return .refused(denial)
    case .refusedKnown(let denial, let key): return .refusedKnown(denial, key)
    case .decoded(let decoded): return .knock(Knock(decoded, over: packet.network.family))
    }
  }
}
