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
    package var isDisabled: Bool
    /// His knocks are decided and audited, and open nothing.
    package var observesOnly: Bool
    /// The end of the validity cuts the sessions that came in before.
    package var cutsAtEnd: Bool
    /// Indices into ``KeeperTables/actions``: what his knocks may start.
    package var actions: [Int]
    /// Place in ``KeeperTables/calendars``; nil counts at any hour.
    package var hours: Int?

    package init(
      name: Name, validity: Validity, doors: [Int], longestLease: UInt32, sources: [AddressPrefix], grantsPerMinute: UInt32,
      isDisabled: Bool = false, observesOnly: Bool = false, cutsAtEnd: Bool = false, actions: [Int] = []
    ) {
      self.name = name
      self.validity = validity
      self.doors = doors
      self.longestLease = longestLease
      self.sources = sources
      self.grantsPerMinute = grantsPerMinute
      self.isDisabled = isDisabled
      self.observesOnly = observesOnly
      self.cutsAtEnd = cutsAtEnd
      self.actions = actions
    }
  }

  package struct ClientKey: Hashable, Sendable {
    package var user: Int
    package var name: Name
    package var validity: Validity
    /// The first 8 bytes of the public key.
    package var fingerprint: UInt64
    /// Place in ``KeeperTables/calendars``; nil counts at any hour.
    package var hours: Int?

    package init(user: Int, name: Name, validity: Validity, fingerprint: UInt64 = 0) {
      self.user = user
      self.name = name
      self.validity = validity
      self.fingerprint = fingerprint
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

    /// `inet postern door4`.
    package var description: String { "\(family) \(table) \(set)" }
  }

  package struct Door: Hashable, Sendable {
    package var name: Name
    package var ipv4: SetReference?
    package var ipv6: SetReference?
    package var services: [Service]
    package var defaultLease: UInt32
    package var longestLease: UInt32
    package var allowsLinkLocal: Bool
    /// Open leases that one user may hold here.
    package var leasesPerUser: UInt32
    /// Open leases of all users together; nil bounds none but each user's.
    package var leases: UInt32?
    /// Grants of all users together.
    package var grantsPerMinute: UInt32?
    /// For sets whose key has a destination address.
    package var destinations: [IPAddress]
    /// The order of the key's parts, where the set's definition does not say enough.
    package var key: [KeyField]?
    /// Leading bits of an IPv4 and an IPv6 source that the rule's mask leaves.
    package var prefix4: UInt8
    package var prefix6: UInt8
    /// Milliseconds that a first packet waits at most for its sender's lease; zero: none waits.
    package var hold: UInt16
    /// Where flows of a family are led; there the door has a set too.
    package var forward4: Forward?
    package var forward6: Forward?
    /// The first flow takes the door away.
    package var isOnce: Bool
    /// Where the rules of a one-shot door write what came through it.
    package var sessions4: SetReference?
    package var sessions6: SetReference?
    /// What starts and ends with a lease.
    package var actions: DoorActions
    /// Its sets are those that a rule drops by: a lease keeps its address out.
    package var isBan = false
    /// Place in ``KeeperTables/calendars``; nil opens at any hour.
    package var hours: Int?

    package init(
      name: Name, ipv4: SetReference?, ipv6: SetReference?, services: [Service], defaultLease: UInt32, longestLease: UInt32,
      allowsLinkLocal: Bool, leasesPerUser: UInt32, leases: UInt32? = nil, grantsPerMinute: UInt32? = nil,
      destinations: [IPAddress] = [], key: [KeyField]? = nil, prefix4: UInt8 = 32, prefix6: UInt8 = 128, hold: UInt16 = 0,
      isOnce: Bool = false, sessions4: SetReference? = nil, sessions6: SetReference? = nil,
      forward4: Forward? = nil, forward6: Forward? = nil, actions: DoorActions = DoorActions()
    ) {
      self.name = name
      self.ipv4 = ipv4
      self.ipv6 = ipv6
      self.services = services
      self.defaultLease = defaultLease
      self.longestLease = longestLease
      self.allowsLinkLocal = allowsLinkLocal
      self.leasesPerUser = leasesPerUser
      self.leases = leases
      self.grantsPerMinute = grantsPerMinute
      self.destinations = destinations
      self.key = key
      self.prefix4 = prefix4
      self.prefix6 = prefix6
      self.hold = hold
      self.forward4 = forward4
      self.forward6 = forward6
      self.isOnce = isOnce
      self.sessions4 = sessions4
      self.sessions6 = sessions6
      self.actions = actions
    }

    package func set(_ family: AddressFamily) -> SetReference? {
      switch family {
      case .ipv4: ipv4
      case .ipv6: ipv6
      }
    }

    package func forward(_ family: AddressFamily) -> Forward? {
      switch family {
      case .ipv4: forward4
      case .ipv6: forward6
      }
    }

    /// Nil for a door that stays open, and where the rules write no sessions.
    package func sessions(_ family: AddressFamily) -> SetReference? {
      guard isOnce else { return nil }
      return switch family {
      case .ipv4: sessions4
      case .ipv6: sessions6
      }
    }

    package func prefix(_ family: AddressFamily) -> UInt8 {
      switch family {
      case .ipv4: prefix4
      case .ipv6: prefix6
      }
    }
  }

  /// A key of the gateway or an admission secret, as far as operators may know it.
  package struct GatewaySecret: Hashable, Sendable {
    /// As the configuration names it.
    package var file: String
    /// Of a key the first 8 bytes of its public half, of an admission secret the first 8 of a hash.
    package var fingerprint: UInt64
    package var validity: Validity

    package init(file: String, fingerprint: UInt64, validity: Validity) {
      self.file = file
      self.fingerprint = fingerprint
      self.validity = validity
    }
  }

  /// A replay ring that the gate needs.
  package struct Ring: Hashable, Sendable {
    package var kind: KnockProtocol
    /// The least number that the limits of the keys ask for.
    package var slots: UInt32

    package init(kind: KnockProtocol, slots: UInt32) {
      self.kind = kind
      self.slots = slots
    }
  }

  /// The groups whose members may use the control socket besides root; nil admits nobody.
  package struct Access: Hashable, Sendable {
    package var operators: UInt32?
    package var viewers: UInt32?

    package init(operators: UInt32? = nil, viewers: UInt32? = nil) {
      self.operators = operators
      self.viewers = viewers
    }
  }

  /// Whether audit events also go to the journal, at the path of its socket.
  package enum Journal: Hashable, Sendable {
    case off
    /// If there is a socket when the daemon starts.
    case whenThere(String)
    case always(String)
  }

  /// NFLOG groups that the gates listen to; they are dealt to them in turn.
  package var groups: [UInt16]
  /// NFQUEUE queues in which first packets are held; empty where no door holds any, and with several gates.
  package var queues: [UInt16]
  /// How many gates share the groups.
  package var gates = 1
  package var users: [User]
  package var keys: [ClientKey]
  package var doors: [Door]
  /// Directory of the replay rings.
  package var stateDirectory: String
  /// Of `spa` first, then of each other protocol that has a key and remembers knocks.
  package var rings: [Ring]
  /// First 8 bytes of SHA-256 over the gateway's public keys: the ring belongs to them.
  package var gatewayFingerprint: UInt64
  package var controlSocket: String
  package var access: Access
  /// Nil writes the audit to standard output.
  package var auditFile: String?
  package var journal: Journal
  /// Sentences for the operator at start: limits that were raised, doors that accept weak knocks.
  package var notices: [String]
  /// In the order of the gate's tables.
  package var gatewayKeys: [GatewaySecret]
  /// In the order of the gate's tables; empty where there is no admission secret.
  package var admissions: [GatewaySecret]
  /// Whether the clock is believed without the kernel saying that it is synchronised.
  package var clockIsTrusted: Bool
  /// The bits of connection marks that the rules use.
  package var marks: FlowMarks
  /// What the runner can start, in the order of its tables.
  package var actions: [RunnerProgram]
  /// Indices into ``actions``: what starts when a source is banned.
  package var onBan: [Int]
  /// The hours of users, keys and doors, each only once.
  package var calendars: [WeekHours] = []
  /// Nil where nobody is banned but by knocks.
  package var defence: BanRules?

  package init(
    groups: [UInt16], queues: [UInt16] = [], users: [User], keys: [ClientKey], doors: [Door], stateDirectory: String,
    rings: [Ring], gatewayFingerprint: UInt64, controlSocket: String, access: Access = Access(), auditFile: String?,
    journal: Journal = .off, notices: [String], gatewayKeys: [GatewaySecret] = [], admissions: [GatewaySecret] = [],
    clockIsTrusted: Bool = false, marks: FlowMarks = .standard, actions: [RunnerProgram] = [], onBan: [Int] = []
  ) {
    self.groups = groups
    self.queues = queues
    self.users = users
    self.keys = keys
    self.doors = doors
    self.stateDirectory = stateDirectory
    self.rings = rings
    self.gatewayFingerprint = gatewayFingerprint
    self.controlSocket = controlSocket
    self.access = access
    self.auditFile = auditFile
    self.journal = journal
    self.notices = notices
    self.gatewayKeys = gatewayKeys
    self.admissions = admissions
    self.clockIsTrusted = clockIsTrusted
    self.marks = marks
    self.actions = actions
    self.onBan = onBan
  }
}
