// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternProtocols
package import PosternWire

/// What a user wants of the gateway, repeated by every knock for it.
package struct KnockWish: Hashable, Sendable {
  package var action: Knock.Action
  /// Nil asks for the user's default door.
  package var door: Name?
  /// Seconds; zero asks for the door's default.
  package var lease: UInt32
  package var sources: SourceAddresses
  /// The code of the second factor, the same in every knock: the gateway takes repeats of one wish for one use of it.
  package var code: UInt32?

  /// Throws ``ClientError/nothingSent(_:)`` when there is no address that an open could be for.
  package init(_ action: Knock.Action, door: Name?, lease: UInt32, sources: SourceAddresses) throws(ClientError) {
    guard action == .close || !sources.isEmpty else {
      throw .nothingSent("no address to be admitted: name one by ipv4 or ipv6 in the profile")
    }
    self.action = action
    self.door = door
    self.lease = lease
    self.sources = sources
    code = nil
  }

  /// The wish as a knock over `family` bears it; nil when nothing that it is for would be left.
  ///
  /// A close that names no address closes everything: one whose addresses all fell away must not turn into that.
  package func over(_ family: AddressFamily) -> KnockWish? {
    var wish = self
    wish.sources = sources.over(family)
    return wish.sources.isEmpty && !sources.isEmpty ? nil : wish
  }

  /// The datagram of one knock.
  package func datagram(_ encoder: borrowing SPAEncoder, stamp: Timestamp) throws(ClientError) -> [UInt8] {
    let request = SPARequest(
      action: action, door: door, ipv4: sources.ipv4, ipv6: sources.ipv6, wishedLease: lease, stamp: stamp, totp: code)
    guard let request else { throw .nothingSent("no address to be admitted, or a code of more than six digits") }
    do throws(CryptoError) {
      return try encoder.encode(request)
    } catch {
      throw ClientError(error)
    }
  }
}

extension KnockWish {
  /// The wish of a profile, with what the command line says instead; automatic addresses are those of the routes to `gateways`.
  package init(
    _ profile: Profile, _ action: Knock.Action, door: Name?, lease: UInt32?, code: UInt32?, gateways: [SocketAddress]
  ) throws(ClientError) {
    let sources = SourceAddresses(profile, gateways: gateways, local: SourceAddresses.route)
    try self.init(action, door: door ?? profile.door, lease: lease ?? profile.lease ?? 0, sources: sources)
    self.code = code
  }
}
