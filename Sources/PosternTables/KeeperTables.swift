// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Everything the keeper knows of the configuration: names, sets and limits, and no secret.
package struct KeeperTables: Hashable, Sendable {
  package struct User: Hashable, Sendable {
    package var name: Name
    package var validity: Validity
    /// Indices into ``KeeperTables/doors``.
    package var doors: [Int]
    package var longestLease: UInt32
    /// Networks that admitted addresses must lie in; empty admits any.
    package var sources: [AddressPrefix]
    package var grantsPerMinute: UInt32

    package init(
      name: Name, validity: Validity, doors: [Int], longestLease: UInt32, sources: [AddressPrefix], grantsPerMinute: UInt32
    ) {
      self.name = name
      self.validity = validity
      self.doors = doors
      self.longestLease = longestLease
      self.sources = sources
      self.grantsPerMinute = grantsPerMinute
    }
  }

  package struct ClientKey: Hashable, Sendable {
    package var user: Int
    package var name: Name
    package var validity: Validity

    package init(user: Int, name: Name, validity: Validity) {
      self.user = user
      self.name = name
      self.validity = validity
    }
  }

  /// A named set: the nft table's family and name, and the set's.
  package struct SetReference: Hashable, Sendable, CustomStringConvertible {
    package enum Family: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
      // NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6 of linux/netfilter.h
      case inet = 1
      case ip = 2
      case ip6 = 10

      package var description: String {
        switch self {
        case .inet: "inet"
        case .ip: "ip"
        case .ip6: "ip6"
        }
      }
    }

    package var family: Family
    package var table: String
    package var set: String

    package init(family: Family, table: String, set: String) {
      self.family = family
      self.table = table
      self.set = set
    }

    package var description: String { "\(family) \(table) \(set)" }
  }

  package struct Door: Hashable, Sendable {
    package var name: Name
    package var ipv4: SetReference?
    package var ipv6: SetReference?
    package var services: [Service]
    package var longestLease: UInt32
    package var allowsLinkLocal: Bool
    /// Open leases that one user may hold here.
    package var leasesPerUser: UInt32
    /// Milliseconds that a first packet waits at most for its sender's lease; zero: none waits.
    package var hold: UInt16

    package init(
      name: Name, ipv4: SetReference?, ipv6: SetReference?, services: [Service], longestLease: UInt32, allowsLinkLocal: Bool,
      leasesPerUser: UInt32, hold: UInt16 = 0
    ) {
      self.name = name
      self.ipv4 = ipv4
      self.ipv6 = ipv6
      self.services = services
      self.longestLease = longestLease
      self.allowsLinkLocal = allowsLinkLocal
      self.leasesPerUser = leasesPerUser
      self.hold = hold
    }
  }

  /// NFLOG groups that the gate listens to.
  package var groups: [UInt16]
  /// NFQUEUE queues in which first packets are held; empty where no door holds any.
  package var queues: [UInt16]
  package var users: [User]
  package var keys: [ClientKey]
  package var doors: [Door]
  /// Directory of the replay ring.
  package var stateDirectory: String
  /// Slots of the replay ring that the key limits need at least.
  package var ringSlots: UInt32
  /// First 8 bytes of SHA-256 over the gateway's public keys: the ring belongs to them.
  package var gatewayFingerprint: UInt64
  package var controlSocket: String
  /// Nil writes the audit to standard output.
  package var auditFile: String?
  /// Sentences for the operator at start: limits that were raised, doors that accept weak knocks.
  package var notices: [String]

  package init(
    groups: [UInt16], queues: [UInt16] = [], users: [User], keys: [ClientKey], doors: [Door], stateDirectory: String,
    ringSlots: UInt32, gatewayFingerprint: UInt64, controlSocket: String, auditFile: String?, notices: [String]
  ) {
    self.groups = groups
    self.queues = queues
    self.users = users
    self.keys = keys
    self.doors = doors
    self.stateDirectory = stateDirectory
    self.ringSlots = ringSlots
    self.gatewayFingerprint = gatewayFingerprint
    self.controlSocket = controlSocket
    self.auditFile = auditFile
    self.notices = notices
  }
}
