// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Sends a fresh knock for one wish as often as it is asked to.
package protocol Knocker: ~Copyable {
  /// One knock to each address of the gateway; answers with those that packets left for.
  ///
  /// An address that cannot be reached is left out; throws ``ClientError/nothingSent(_:)`` when that holds for all, and
  /// ``ClientError/notPermitted(_:)`` at once.
  func send(now: () -> Timestamp) throws(ClientError) -> [SocketAddress]

  /// Where a round went, for people.
  func describe(_ sent: [SocketAddress]) -> String
}

extension KnockSender: Knocker {}
