// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternCrypto
import PosternExplain
import PosternGate
import PosternKeeper
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// A gateway whose keys and clients the fuzzer plays with: whole packets to gate, frame and keeper, and the explainer beside them.
///
/// Nothing opens that no client sealed; nothing opens twice, over restarts too; a frame says what the gate decided; the keeper writes
/// what its tables allow; and the explainer says the same as gate and keeper.
private enum Lane {
  static let start = Timestamp(seconds: 1_800_000_000)
  static let gateway = key(1)
  static let admission = key(2)
  static let v4 = IPv4Address(0xc000_0207)
  static let v6 = IPv6Address(high: 0x2001_0db8 << 32, low: 7)
  static let doors = ["ssh", "web", "cellar"].compactMap { Name($0) }

  static func key(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 1), low: Bytes16(high: 2, low: number))
  }

  static func encoder(_ client: UInt64) throws(CryptoError) -> SPAEncoder {
    try SPAEncoder(
      SPAProfile(
        clientPrivateKey: key(10 + client), presharedKey: key(20 + client),
        gatewayPublicKey: try X25519PrivateKey(gateway).publicKey, admission: admission))
  }

  /// The first user may open the first two doors, the second one only the first. The second door has no set for IPv6.
  static func gateTables() throws(CryptoError) -> GateTables {
    func key(_ client: UInt64) throws(CryptoError) -> GateTables.ClientKey {
      .init(
        user: Int(client), publicKey: try X25519PrivateKey(Self.key(10 + client)).publicKey, presharedKey: Self.key(20 + client),
        validity: .always)
    }
    return GateTables(
      gatewayKeys: [.init(privateKey: gateway, validity: .always)], admissions: [.always(admission)],
      keys: [try key(0), try key(1)],
      users: [
        .init(doors: [0, 1], defaultDoor: 0, longestLease: 3600, mayUsePacketSource: true, validity: .always),
        .init(
          doors: [0], defaultDoor: nil, longestLease: 60, mayUsePacketSource: false,
          validity: .init(notAfter: start + .seconds(100))),
      ],
      doors: doors.enumerated().map { place, name in
        .init(
          id: SPADoor.id(of: name), hasIPv4: true, hasIPv6: place != 1, defaultLease: 30, longestLease: 600,
          weakest: .authenticated, addresses: .all, allowsLinkLocal: place == 2)
      }, keyBucket: .init(burst: 6, refill: .seconds(2)), curveBudget: .max, clockIsTrusted: true)
  }

  static func keeperTables() -> KeeperTables {
    let sets = ["door4", "door6"].map { KeeperTables.SetReference(family: .inet, table: "postern", set: $0) }
    let service = Service("tcp/22").map { [$0] } ?? []
    func user(_ place: Int, _ end: Timestamp?) -> KeeperTables.User {
      .init(
        name: doors[place], validity: .init(notAfter: end), doors: place == 0 ? [0, 1] : [0],
        longestLease: place == 0 ? 3600 : 60,
        sources: [], grantsPerMinute: 8)
    }
    return KeeperTables(
      groups: [5], users: [user(0, nil), user(1, start + .seconds(100))],
      keys: [.init(user: 0, name: doors[0], validity: .always), .init(user: 1, name: doors[1], validity: .always)],
      doors: doors.enumerated().map { place, name in
        .init(
          name: name, ipv4: sets[0], ipv6: place == 1 ? nil : sets[1], services: service, defaultLease: 30,
          longestLease: 600, allowsLinkLocal: place == 2, leasesPerUser: 2)
      }, stateDirectory: "", rings: [.init(kind: .spa, slots: 4)], gatewayFingerprint: 0, controlSocket: "", auditFile: nil,
      notices: [])
  }
}

/// Both clients' side, and the tables that know them.
private final class Clients {
  private let first: SPAEncoder
  private let second: SPAEncoder

  /// Made once: an input needs copies, no curve operations.
  let tables: GateTables

  init() throws(CryptoError) {
    tables = try Lane.gateTables()
    let first = try Lane.encoder(0)
    let second = try Lane.encoder(1)
    self.first = first
    self.second = second
  }

  func tagged(_ datagram: [UInt8]) -> [UInt8] { first.tagged(datagram) }

  func seal(_ payload: [UInt8], _ client: UInt8, stamp: Timestamp, ephemeral: Bytes32) throws(CryptoError) -> [UInt8] {
    client & 1 == 0
      ? try first.seal(payload, hint: first.hint(at: stamp), ephemeral: ephemeral)
      : try second.seal(payload, hint: second.hint(at: stamp), ephemeral: ephemeral)
  }
}

/// What one input plays.
private struct Course: ~Copyable {
  private static let identity = RingIdentity(boot: .zero, machine: .zero, gateway: 0)
  private static let prefix = Array("spa".utf8)

  private let clients: Clients
  private var gate: Gate
  private var keeper = Keeper(tables: Lane.keeperTables(), generation: 1)
  private var explainer: Explainer
  private var isComparable = true
  private var ring: [UInt8]
  private var now = Lane.start
  private var uptime: UInt64 = 0
  private var sealed: Set<[UInt8]> = []
  private var granted: Set<Bytes16> = []
  private var last: (data: [UInt8], packet: [UInt8]) = ([], [])
  private var ephemeral: UInt64 = 1000

  init(_ clients: Clients) throws(CryptoError) {
    guard let layout = RingLayout(slotCount: 4) else { preconditionFailure() }
    let ring = [UInt8](repeating: 0, count: layout.fileSize)
    let gate = try Self.gate(ring, layout, clients.tables, at: Lane.start)
    var tables = clients.tables
    let replay = ReplayState(.missing, layout: layout, identity: Self.identity, history: .new)
    var explainer = try Explainer(gateTables: &tables, keeperTables: Lane.keeperTables(), replay: ReplayMemory([replay]), own: [])
    // Its clock starts at its first packet.
    _ = [UInt8]().withBytes { explainer.explain($0, prefix: $0, at: Lane.start) }
    self.clients = clients
    self.ring = ring
    self.gate = gate
    self.explainer = explainer
    write()
  }

  private static func gate(
    _ ring: [UInt8], _ layout: RingLayout, _ tables: GateTables, at now: Timestamp
  ) throws(CryptoError) -> Gate {
    var tables = tables
    let reading = ring.withBytes { RingImage.read($0) }
    let replay = ReplayState(reading, layout: layout, identity: identity, history: .new)
    precondition(replay.fence == nil)
    return try Gate(tables: &tables, replay: ReplayMemory([replay]), clockIsSynchronised: true, seed: 0, at: now)
  }

  mutating func run(_ program: RawSpan) throws {
    var reader = WireReader(program)
    for _ in 0..<24 where !reader.isAtEnd { try step(&reader) }
  }

  private mutating func step(_ reader: inout WireReader) throws {
    switch try reader.u8() % 9 {
    case 0: decide(try reader.bytes(min(Int(try reader.u8()), reader.remaining)), data: [])
    case 1: send(clients.tagged(fitted(try reader.bytes(min(184, reader.remaining)), 184)), over: try reader.u8())
    case 2:
      let payload = fitted(try reader.bytes(min(64, reader.remaining)), 64)
      try send(payload, of: try reader.u8(), over: 0)
    case 3: try send(try knock(&reader).encoded, of: try reader.u8(), over: try reader.u8())
    case 4: decide(last.packet, data: last.data)
    case 5: send(try mutated(last.data, &reader), over: try reader.u8())
    case 6: send(clients.tagged(fitted(try mutated(last.data, &reader), 184)), over: try reader.u8())
    case 7: now = now + .milliseconds(Int64(Int16(bitPattern: try reader.u16())) * 10)
    default: try restart()
    }
  }

  // MARK: What clients and others send

  private mutating func send(_ payload: [UInt8], of client: UInt8, over family: UInt8) throws(CryptoError) {
    ephemeral += 1
    let parsed = payload.withBytes { SPAPayload($0) }
    let data = try clients.seal(payload, client, stamp: parsed?.stamp ?? now, ephemeral: Lane.key(ephemeral))
    if parsed != nil { sealed.insert(data) }
    send(data, over: family)
  }

  private mutating func send(_ data: [UInt8], over family: UInt8) {
    let (source, destination) =
      family & 1 == 0
      ? (IPAddress.v4(Lane.v4), IPAddress.v4(IPv4Address(0xc000_0201)))
      : (.v6(Lane.v6), .v6(IPv6Address(high: 0x2001_0db8 << 32, low: 1)))
    guard var builder = PacketBuilder(from: source, to: destination) else { return }
    if family & 2 != 0 { builder.checksum = .partial }
    decide(builder.udp(from: 40000, to: 62201, payload: data), data: data)
  }

  private func knock(_ reader: inout WireReader) throws(WireError) -> SPAPayload {
    let choice = try reader.u8()
    let named = try reader.u8()
    let ipv4 = [Lane.v4, IPv4Address(0x7f00_0001), IPv4Address(0xc000_0201), IPv4Address(0xc633_6400 | UInt32(named))]
    let ipv6 = [
      Lane.v6, IPv6Address(high: 0xfe80 << 48, low: 1), .zero, IPv6Address(high: 0x2001_0db8 << 32, low: UInt64(named)),
    ]
    let skew = Int64(Int8(bitPattern: try reader.u8()))
    return SPAPayload(
      action: choice & 0x40 == 0 ? .open : .close, door: Self.door(choice >> 4),
      ipv4: Self.claim(choice, ipv4[Int(named & 3)]), ipv6: Self.claim(choice >> 2, ipv6[Int(named >> 2 & 3)]),
      wishedLease: UInt32(try reader.u16()), stamp: now + .seconds(skew), totp: choice & 0x80 == 0 ? nil : 1)
  }

  private static func door(_ choice: UInt8) -> DoorID? {
    let place = Int(choice & 3)
    return place < Lane.doors.count ? SPADoor.id(of: Lane.doors[place]) : nil
  }

  private static func claim<Address>(_ mode: UInt8, _ address: Address) -> AddressClaim<Address> {
    switch mode & 3 {
    case 0: .none
    case 1: .named(address, port: nil)
    case 2: .packetSource(port: Port(7))
    default: .bothAgree(address, port: nil)
    }
  }

  private func mutated(_ data: [UInt8], _ reader: inout WireReader) throws(WireError) -> [UInt8] {
    guard !data.isEmpty else { return data }
    var data = data
    data[Int(try reader.u8()) % data.count] ^= try reader.u8()
    return data
  }

  private func fitted(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(bytes.prefix(count)) + Array(repeating: 0, count: max(0, count - bytes.count))
  }

  // MARK: What becomes of it

  private mutating func decide(_ packet: [UInt8], data: [UInt8]) {
    last = (data, packet)
    if now > Lane.start { uptime = max(uptime, now.nanoseconds - Lane.start.nanoseconds) }
    gate.observeClock(isSynchronised: true, at: now)
    _ = keeper.expire(at: Moment(wall: now, uptime: uptime))
    let examination = packet.withBytes { packet in
      Self.prefix.withBytes { gate.examine(packet, prefix: $0, at: now) }
    }
    let events: [AuditEvent]
    switch examination.outcome {
    case .refused(let denial):
      precondition(!denial.isAuthenticated)
      events = []
    case .refusedKnown(let refusal):
      precondition(refusal.denial.isAuthenticated && (sealed.contains(data) || refusal.denial == .malformedPayload))
      events = keep(.refusal(refusal), packet)
    case .step: preconditionFailure("spa has no steps")
    case .granted(let grants):
      guard grants.count == 1, let grant = grants.first else { preconditionFailure("spa asks for one door") }
      precondition(sealed.contains(data) && granted.insert(grant.knock).inserted)
      events = keep(.grant(grant), packet)
    }
    write()
    compare(examination.outcome, events, packet)
  }

  /// Over the frame's bytes to the keeper, as between two processes.
  private mutating func keep(_ body: KeeperFrame.Body, _ packet: [UInt8]) -> [AuditEvent] {
    let frame = KeeperFrame(generation: 1, body: body)
    var writer = WireWriter()
    frame.encode(into: &writer)
    let bytes = writer.bytes
    guard let decoded = try? bytes.withBytes({ bytes throws(WireError) in try KeeperFrame(decoding: bytes) }) else {
      preconditionFailure("a frame of the gate's does not decode")
    }
    precondition(decoded == frame)
    let moment = Moment(wall: now, uptime: uptime)
    let own = packet.withBytes { packet -> Set<IPAddress> in
      guard let view = try? PacketView(packet) else { return [] }
      return [view.destination]
    }
    let work = keeper.decide([decoded], own: own, at: moment)
    for change in work.changes { check(change) }
    return keeper.settle(work, failures: [:], at: moment)
  }

  private func check(_ change: SetChange) {
    // A grant never adds: that is for sets that were made anew.
    guard case .put(let element, let milliseconds, let comment) = change else { return }
    precondition((1...600_000).contains(milliseconds) && LeaseComment(comment.description) == comment)
    precondition(AddressRule.admits(element.address, linkLocal: comment.door == Lane.doors[2]))
  }

  /// In a restart a gate forgets tags and rates; an explainer never restarts.
  private mutating func compare(_ outcome: Gate.Outcome, _ events: [AuditEvent], _ packet: [UInt8]) {
    let explanation = packet.withBytes { packet in
      Self.prefix.withBytes { explainer.explain(packet, prefix: $0, at: now) }
    }
    precondition(!explanation.text.isEmpty && !explanation.json.isEmpty)
    guard isComparable else { return }
    switch (outcome, explanation.verdict) {
    case (.refused(let denial), .refused(let told, by: .gate)): precondition(denial == told)
    case (.refusedKnown(let refusal), .refused(let told, by: .gate)): precondition(refusal.denial == told)
    case (.granted, .refused(let told, by: .keeper)): precondition(events.contains { $0.denial == told })
    case (.granted, .opened(let opening)): precondition(events.contains { $0.opened == opening.lease })
    case (.granted, .closed(let leases, _)): precondition(events.compactMap(\.ended) == leases)
    default: preconditionFailure("\(outcome) is not \(explanation.verdict)")
    }
  }

  // MARK: Crashes

  /// What was not written is lost.
  private mutating func restart() throws(CryptoError) {
    guard let layout = RingLayout(fileSize: ring.count) else { preconditionFailure() }
    gate = try Self.gate(ring, layout, clients.tables, at: now)
    isComparable = false
    write()
  }

  private mutating func write() {
    for batch in gate.unwritten() {
      for run in batch.batch.runs { ring.replaceSubrange(run.offset..<run.offset + run.bytes.count, with: run.bytes) }
      gate.markWritten(batch)
    }
  }
}

extension AuditEvent {
  fileprivate var denial: Denial? {
    if case .refused(let refusal) = self { refusal.denial } else { nil }
  }

  fileprivate var opened: LeaseComment? {
    if case .granted(let lease, _, _, _, _) = self { lease.comment } else { nil }
  }

  fileprivate var ended: LeaseComment? {
    if case .ended(let lease, _) = self { lease.comment } else { nil }
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let clients = try? Clients()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let clients = unsafe clients, var course = try? Course(clients) else { preconditionFailure("libcrypto is not usable") }
  let program = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  try? program.withBytes { try course.run($0) }
  return 0
}
