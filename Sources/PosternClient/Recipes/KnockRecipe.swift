// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternProtocols
package import PosternWire

/// One way to knock, ready for use: a protocol with its settings and secrets.
package protocol KnockRecipe: Sendable {
  /// What people have to know of it beside that it was sent.
  var note: String? { get }

  /// The host that the packets go to where it is not the gateway.
  var via: String? { get }

  /// The packets of one fresh knock.
  func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep]
}

extension KnockRecipe {
  package var note: String? { nil }
  package var via: String? { nil }
}

/// For whom, where and when a knock is made.
package struct KnockOccasion: Hashable, Sendable {
  /// What is wished; protocols that cannot say it refuse.
  package var action: KnockAction
  package var gateway: IPAddress
  /// This host's own address on the way there.
  package var source: IPAddress
  package var now: Timestamp
  /// Strictly growing numbers over all knocks of this user.
  package var stamps: StampFile

  package init(action: KnockAction, gateway: IPAddress, source: IPAddress, now: Timestamp, stamps: StampFile) {
    self.action = action
    self.gateway = gateway
    self.source = source
    self.now = now
    self.stamps = stamps
  }
}

extension KnockOccasion {
  /// For protocols whose knocks can only open.
  func requireOpen() throws(ClientError) {
    guard action == .open else { throw .usage("this protocol has no knock that closes; its doors close by themselves") }
  }
}

/// What a classic knock can be for.
package enum KnockAction: Hashable, Sendable {
  case open
  case close

  /// The word of protocols that say it themselves.
  var knockAction: Knock.Action {
    switch self {
    case .open: .open
    case .close: .close
    }
  }
}
