// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// The keys that share one script: one position in it for each source, whoever it may turn out to be.
struct SadoorChannel {
  struct Shape: Hashable {
    let script: PacketScript
    let timeout: Timestamp.Span
    let isGlobal: Bool

    init(_ credential: SadoorCredential) {
      script = credential.script
      timeout = credential.timeout
      isGlobal = credential.isGlobal
    }
  }

  struct LegacyKey {
    let key: KeyIndex
    let cipher: BlowfishKey
  }

  let shape: Shape
  var legacy: [LegacyKey] = []
  /// The key whose door a command packet without a command opens.
  var empty: KeyIndex?

  init(_ shape: Shape) { self.shape = shape }

  /// Whose position a packet moves: that of its source, or everybody's.
  func sender(_ packet: borrowing PacketView) -> IPAddress { shape.isGlobal ? .v4(.zero) : packet.source }
}
