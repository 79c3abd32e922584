// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Everything the gate knows of the configuration; `posternctl compile` writes it, nothing in it changes afterwards.
///
/// It holds secrets: the gate moves them into locked memory and then calls ``eraseSecrets()``.
package struct GateTables: Hashable, Sendable {
  /// A private key of the gateway with the time until which it counts.
  package struct GatewayKey: Hashable, Sendable {
    package var privateKey: Bytes32
    package var validity: Validity

    package init(privateKey: Bytes32, validity: Validity) {
      self.privateKey = privateKey
      self.validity = validity
    }
  }

  /// A secret that all profiles of the gateway share, with the time until which it counts; zeros where there is none.
  package struct Admission: Hashable, Sendable {
    package var secret: Bytes32
    package var validity: Validity

    package init(secret: Bytes32, validity: Validity) {
      self.secret = secret
      self.validity = validity
    }

    package static func always(_ secret: Bytes32) -> Admission { Admission(secret: secret, validity: .always) }
  }

  /// One device of a user, or one other way in which he knocks. The position in ``GateTables/keys`` is its `KeyIndex`, the same in the
  /// keeper's tables.
  package struct ClientKey: Hashable, Sendable {
    package var user: Int
    package var credential: Credential
    package var validity: Validity
    /// The same in the keeper's tables; it tells nothing of secrets.
    package var fingerprint: UInt64
    /// What knocks that name no door mean; nil leaves that to the user's default door.
    package var door: Int?
    package var deed: Deed
    package var limits = KeyLimits()
    /// Place in ``GateTables/calendars``; nil counts at any hour.
    package var hours: Int?

    package init(
      user: Int, credential: Credential, validity: Validity, fingerprint: UInt64, door: Int? = nil, deed: Deed = .asAsked
    ) {
      self.user = user
      self.credential = credential
      self.validity = validity
      self.fingerprint = fingerprint
      self.door = door
      self.deed = deed
    }

    /// A key of the `spa` protocol.
    package init(user: Int, publicKey: Bytes32, presharedKey: Bytes32, validity: Validity) {
      let credential = SPACredential(publicKey: publicKey, presharedKey: presharedKey)
      self.init(user: user, credential: .spa(credential), validity: validity, fingerprint: publicKey.high.high)
    }
  }

  /// An action as far as knocks may name it.
  package struct Action: Hashable, Sendable {
    package var name: Name
    /// Texts of foreign command messages that mean it.
    package var aliases: [String]
    /// The weakest knock that starts it.
    package var weakest: Strength

    package init(name: Name, aliases: [String] = [], weakest: Strength = .authenticated) {
      self.name = name
      self.aliases = aliases
      self.weakest = weakest
    }
  }

  package struct User: Hashable, Sendable {
    /// Indices into ``GateTables/doors``.
    package var doors: [Int]
    package var defaultDoor: Int?
    /// Seconds.
    package var longestLease: UInt32
    /// Whether knocks may take the packet's source as the address (modes 2 and 3).
    package var mayUsePacketSource: Bool
    package var validity: Validity
    /// What counts for each of the user's keys instead of ``GateTables/keyBucket``.
    package var keyBucket: KeyBucket?
    package var isDisabled: Bool
    /// Indices into ``GateTables/actions``.
    package var actions: [Int]
    /// Place in ``GateTables/calendars``; nil counts at any hour.
    package var hours: Int?

    package init(
      doors: [Int], defaultDoor: Int?, longestLease: UInt32, mayUsePacketSource: Bool, validity: Validity,
      keyBucket: KeyBucket? = nil, isDisabled: Bool = false, actions: [Int] = []
    ) {
      self.doors = doors
      self.defaultDoor = defaultDoor
      self.longestLease = longestLease
      self.mayUsePacketSource = mayUsePacketSource
      self.validity = validity
      self.keyBucket = keyBucket
      self.isDisabled = isDisabled
      self.actions = actions
    }
  }

  package struct Door: Hashable, Sendable {
    package var id: DoorID
    package var hasIPv4: Bool
    package var hasIPv6: Bool
    /// Seconds.
    package var defaultLease: UInt32
    package var longestLease: UInt32
    package var weakest: Strength
    package var addresses: AddressModes
    package var allowsLinkLocal: Bool
    /// What knocks that name services instead of doors find it by.
    package var services: [Service]
    /// Where flows of a lease are led.
    package var forwards: [ForwardTarget]
    /// Place in ``GateTables/calendars``; nil opens at any hour.
    package var hours: Int?
    /// Nil opens from any system.
    package var systems: SystemDemand?

    package init(
      id: DoorID, hasIPv4: Bool, hasIPv6: Bool, defaultLease: UInt32, longestLease: UInt32, weakest: Strength,
      addresses: AddressModes, allowsLinkLocal: Bool, services: [Service] = [], forwards: [ForwardTarget] = []
    ) {
      self.id = id
      self.hasIPv4 = hasIPv4
      self.hasIPv6 = hasIPv6
      self.defaultLease = defaultLease
      self.longestLease = longestLease
      self.weakest = weakest
      self.addresses = addresses
      self.allowsLinkLocal = allowsLinkLocal
      self.services = services
      self.forwards = forwards
    }
  }

  /// How often one client key may be decided.
  package struct KeyBucket: Hashable, Sendable {
    package var burst: UInt32
    package var refill: Timestamp.Span

    package init(burst: UInt32, refill: Timestamp.Span) {
      self.burst = burst
      self.refill = refill
    }
  }

  package var gatewayKeys: [GatewayKey]
  package var admissions: [Admission]
  package var keys: [ClientKey]
  package var users: [User]
  package var doors: [Door]
  package var actions: [Action]
  package var keyBucket: KeyBucket
  /// Curve operations a second before load is shed.
  package var curveBudget: UInt32
  /// Whether the clock is believed without the kernel saying that it is synchronised.
  package var clockIsTrusted: Bool
  /// The hours of users, keys and doors, each only once.
  package var calendars: [WeekHours] = []
  /// Of operating systems, besides those that are known.
  package var signatures: [SystemSignature] = []
  /// Nil where nothing is held against anybody.
  package var evidence: EvidenceLimits?

  package init(
    gatewayKeys: [GatewayKey], admissions: [Admission], keys: [ClientKey], users: [User], doors: [Door], actions: [Action] = [],
    keyBucket: KeyBucket, curveBudget: UInt32, clockIsTrusted: Bool
  ) {
    self.gatewayKeys = gatewayKeys
    self.admissions = admissions
    self.keys = keys
    self.users = users
    self.doors = doors
    self.actions = actions
    self.keyBucket = keyBucket
    self.curveBudget = curveBudget
    self.clockIsTrusted = clockIsTrusted
  }

  /// Overwrites every secret in place.
  package mutating func eraseSecrets() {
    for index in gatewayKeys.indices { gatewayKeys[index].privateKey = .zero }
    for index in keys.indices {
      keys[index].credential.erase()
      keys[index].limits.secondFactor?.eraseSecret()
    }
    for index in admissions.indices { admissions[index].secret = .zero }
  }
}
