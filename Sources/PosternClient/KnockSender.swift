// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternProtocols
internal import PosternWire

/// Sends knocks for one wish; each datagram is made afresh, with a stamp and an ephemeral key of its own.
package struct KnockSender: ~Copyable {
  private let encoder: SPAEncoder
  private let stamps: StampFile
  private let wish: KnockWish
  private let carrier: Carrier
  private let gateways: [SocketAddress]

  package init(
    encoder: consuming SPAEncoder, stamps: StampFile, wish: KnockWish, carrier: Carrier, gateways: [SocketAddress]
  ) {
    self.encoder = encoder
    self.stamps = stamps
    self.wish = wish
    self.carrier = carrier
    self.gateways = gateways
  }

  /// One knock to every gateway address over whose family the wish can be served; answers with the addresses that a datagram left for.
  ///
  /// An address that cannot be reached is left out; throws ``ClientError/nothingSent(_:)`` when that holds for all, and
  /// ``ClientError/notPermitted(_:)`` at once.
  package func send(now: () -> Timestamp) throws(ClientError) -> [SocketAddress] {
    var sent: [SocketAddress] = []
    var failures: [String] = []
    for gateway in gateways {
      guard let wish = wish.over(gateway.address.family) else {
        failures.append("\(gateway.address): \(wish.sources) needs a packet of the other family")
        continue
      }
      let datagram = try wish.datagram(encoder, stamp: stamps.next(now: now()))
      do throws(ClientError) {
        try carrier.send(datagram, to: gateway)
        sent.append(gateway)
      } catch {
        if case .notPermitted = error { throw error }
        failures.append(error.description)
      }
    }
    guard !sent.isEmpty else { throw .nothingSent("nothing could be sent: " + failures.joined(separator: "; ")) }
    return sent
  }

  /// Where the datagrams of a round went, for people.
  package func describe(_ sent: [SocketAddress]) -> String { sent.map(carrier.describe).joined(separator: ", ") }
}
