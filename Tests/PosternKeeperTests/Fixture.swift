// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire

/// Two users (alice with two keys, bob), two doors that share sets, and a set of elements that behaves like the kernel's.
enum Fixture {
  static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("not a name: \(text)") }
    return name
  }

  static func ip(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("not an address: \(text)") }
    return address
  }

  static func tables() -> KeeperTables {
    let set4 = KeeperTables.SetReference(family: .inet, table: "postern", set: "door4")
    let set6 = KeeperTables.SetReference(family: .inet, table: "postern", set: "door6")
    func service(_ text: String) -> [Service] { Service(text).map { [$0] } ?? [] }
    func user(_ text: String, doors: [Int]) -> KeeperTables.User {
      KeeperTables.User(
        name: name(text), validity: .always, doors: doors, longestLease: 3600, sources: [], grantsPerMinute: 60)
    }
    func door(_ text: String, _ ports: String, ipv6: Bool = true) -> KeeperTables.Door {
      KeeperTables.Door(
        name: name(text), ipv4: set4, ipv6: ipv6 ? set6 : nil, services: service(ports), defaultLease: 30,
        longestLease: 600, allowsLinkLocal: false, leasesPerUser: 2)
    }
    return KeeperTables(
      groups: [5], users: [user("alice", doors: [0, 1]), user("bob", doors: [0])],
      keys: [
        .init(user: 0, name: name("laptop"), validity: .always), .init(user: 0, name: name("phone"), validity: .always),
        .init(user: 1, name: name("desk"), validity: .always),
      ],
      doors: [door("ssh", "tcp/22"), door("web", "tcp/443", ipv6: false)], stateDirectory: "/nowhere",
      rings: [.init(kind: .spa, slots: 16)],
      gatewayFingerprint: 1, controlSocket: "/nowhere", auditFile: nil, notices: [])
  }

  static func grant(
    key: Int = 0, door: Int = 0, _ v4: String? = "192.0.2.7", _ v6: String? = nil, lease: UInt32 = 30, id: UInt64 = 1,
    low: UInt64 = 0, action: Grant.Action = .open, generation: UInt32 = 1
  ) -> KeeperFrame {
    var grant = Grant(
      action: action, key: KeyIndex(key), door: door, ipv4: nil, ipv6: nil, lease: lease, knock: Bytes16(high: id, low: low),
      notes: [])
    if let v4, let address = IPv4Address(v4) { grant.ipv4 = .init(address) }
    if let v6, let address = IPv6Address(v6) { grant.ipv6 = .init(address) }
    return KeeperFrame(generation: generation, body: .grant(grant))
  }
}

/// A keeper over a set that does what nf_tables does, with a clock that the test moves.
struct Bench {
  struct Stored: Equatable {
    var end: UInt64
    var comment: String
  }

  var keeper: Keeper
  var kernel: [DoorElement: Stored] = [:]
  var now = Moment(wall: Timestamp(seconds: 1_800_000_000), uptime: 1_000_000_000_000)
  var own: Set<IPAddress> = [Fixture.ip("192.0.2.1")]
  /// What the kernel answers for an element instead of doing it.
  var faults: [DoorElement: Denial] = [:]
  /// The same for what writes an element only.
  var faultsOfPuts: [DoorElement: Denial] = [:]
  private(set) var transactions = 0

  init(_ tables: KeeperTables = Fixture.tables()) { keeper = Keeper(tables: tables, generation: 1) }

  /// The sets' keys are made so from now on; what the kernel held goes with the old sets.
  @discardableResult
  mutating func lay(_ fields: [KeyField]) -> [Int] {
    let changed = keeper.take(keeper.rules.catalog.sets.map { SetLayout($0.family, fields, prefix: $0.prefix) })
    kernel = kernel.filter { !changed.contains($0.key.set) }
    return changed
  }

  mutating func receive(_ frames: KeeperFrame..., of gate: Int = 0) -> [AuditEvent] {
    run(keeper.decide(frames, of: gate, own: own, at: now))
  }

  mutating func close(_ id: UInt64) -> [AuditEvent]? {
    (try? keeper.close(LeaseID(id), at: now)).map { run($0) }
  }

  mutating func meet(_ flow: Flow) -> [AuditEvent] { run(keeper.meet(flow, at: now)) }

  mutating func end(_ flow: Flow, _ ending: Session.Ending = .closed) -> [AuditEvent] { run(keeper.end(flow, ending, at: now)) }

  mutating func reconcile(_ flows: [Flow]) -> [AuditEvent] { run(keeper.reconcile(flows, .standard, at: now)) }

  mutating func recall(_ sessions: [Session], _ flows: [Flow]) -> [AuditEvent] {
    run(keeper.recall(sessions, flows, .standard, at: now))
  }

  mutating func follow(_ change: ForeignChange) -> [AuditEvent] { run(keeper.follow(change, at: now)) }

  /// The time that the kernel's element has left; nil when there is none.
  func seconds(_ element: DoorElement) -> UInt64? { kernel[element].map { ($0.end - now.uptime) / 1_000_000_000 } }

  mutating func open(_ opening: OperatorOpening) throws(OperatorRefusal) -> (events: [AuditEvent], leases: [LeaseID]) {
    let planned = try keeper.open(opening, own: own, at: now)
    return (run(planned.work), planned.leases)
  }

  mutating func extend(_ id: UInt64, _ extent: LeaseExtension) throws(OperatorRefusal) -> [AuditEvent] {
    run(try keeper.extend(LeaseID(id), extent, at: now))
  }

  mutating func revoke(_ user: String) throws(OperatorRefusal) -> (events: [AuditEvent], outcome: AuditEvent.Revocation) {
    let revoked = try keeper.revoke(Fixture.name(user), at: now)
    return (run(revoked.work), revoked.outcome)
  }

  mutating func pass(seconds: UInt64) -> [AuditEvent] {
    now.uptime += seconds * 1_000_000_000
    now.wall = now.wall + .seconds(Int64(seconds))
    kernel = kernel.filter { $0.value.end > now.uptime }
    return keeper.expire(at: now)
  }

  mutating func run(_ work: Work) -> [AuditEvent] {
    var failures: [Int: Denial] = [:]
    if !work.changes.isEmpty { transactions += 1 }
    for (index, change) in work.changes.enumerated() {
      if let fault = faults[change.element] {
        failures[index] = fault
        continue
      }
      switch change {
      case .put(let element, _, _) where faultsOfPuts[element] != nil: failures[index] = faultsOfPuts[element]
      case .add(let element, _, _) where kernel[element] != nil: continue
      case .put(let element, let milliseconds, let comment), .add(let element, let milliseconds, let comment):
        kernel[element] = Stored(end: now.uptime + milliseconds * 1_000_000, comment: comment.description)
      case .ban(let element, let milliseconds, let comment):
        kernel[element] = Stored(end: now.uptime + milliseconds * 1_000_000, comment: comment.description)
      case .remove(let element): kernel[element] = nil
      case .giveBack(let element, let milliseconds, let comment):
        kernel[element] = Stored(end: now.uptime + milliseconds * 1_000_000, comment: comment ?? "")
      }
    }
    return keeper.settle(work, failures: failures, at: now)
  }

  func element(_ address: String, port: String = "tcp/22") -> DoorElement {
    guard let service = Service(port) else { preconditionFailure("not a service") }
    let address = Fixture.ip(address)
    return DoorElement(set: address.family == .ipv4 ? 0 : 1, address: address, service: service)
  }
}

extension [AuditEvent] {
  var denials: [Denial] {
    compactMap { event in
      if case .refused(let refusal) = event { refusal.denial } else { nil }
    }
  }

  var grants: Int {
    count { event in
      if case .granted = event { true } else { false }
    }
  }
}
