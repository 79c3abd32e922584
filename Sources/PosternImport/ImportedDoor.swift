// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// A door of the new configuration.
struct ImportedDoor: Sendable {
  /// Where flows of a lease are led.
  struct Forward: Hashable, Sendable {
    let address: IPv4Address
    let port: Port
  }

  /// A set of the administrator's own, instead of Postern's.
  struct OwnSet: Hashable, Sendable {
    /// Family and name, as nft writes them.
    let table: String
    let name: String
    let family: AddressFamily
  }

  /// What a lease opens and for how long: doors that agree in it are one.
  struct Content: Hashable, Sendable {
    var services: [Service]
    /// Seconds.
    var lease: UInt32
    var longest: UInt32
    var families: Set<AddressFamily> = Set(AddressFamily.allCases)
    var isOnce = false
    var forward: Forward?
    var ownSet: OwnSet?
    /// Actions that begin and end with a lease.
    var onOpen: String?
    var onClose: String?

    init(_ services: [Service], lease: UInt32, longest: UInt32? = nil) {
      self.services = services
      self.lease = Self.bounded(lease)
      self.longest = max(Self.bounded(longest ?? lease), self.lease)
    }

    /// What a set element may live.
    private static func bounded(_ seconds: UInt32) -> UInt32 { min(max(seconds, 1), TableLimits.longestLease) }
  }

  let name: String
  let content: Content
  var origins: [ImportPosition]
  /// Of the knocks that are to open it.
  var strength: Strength
  /// Its knocks may mean the address that they came from.
  var admitsPacketSource: Bool
  var comments: [String] = []

  /// No set can be served without knowing the services.
  var isIncomplete: Bool { content.services.isEmpty }
}
