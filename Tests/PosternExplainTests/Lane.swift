// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternCrypto
import PosternExplain
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// A configuration with two users and three doors, the clients' side of it, and an explainer.
///
/// alice (keys laptop and phone) may open ssh, her default, and web; bob (key desk) only ssh. cellar is nobody's. web has no set for
/// IPv6 and takes the packet's source from alice.
final class Lane {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let client = "192.0.2.7"
  static let gateway = "192.0.2.1"

  enum Device: Int, CaseIterable {
    case laptop, phone, desk, stranger
  }

  var explainer: Explainer
  let gatewayKey = Lane.key(1)
  let admission = Lane.key(2)

  static func key(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 3), low: Bytes16(high: 7, low: number))
  }

  static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("not a name: \(text)") }
    return name
  }

  static func ip(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("not an address: \(text)") }
    return address
  }

  init(own: [String] = [], edit: (inout GateTables, inout KeeperTables) -> Void = { _, _ in }) throws {
    var gate = try Self.gateTables()
    var keeper = Self.keeperTables()
    edit(&gate, &keeper)
    let layout = try #require(RingLayout(slotCount: 64))
    let replay = ReplayState(
      .missing, layout: layout, identity: RingIdentity(boot: .zero, machine: .zero, gateway: 0), history: .new)
    explainer = try Explainer(gateTables: &gate, keeperTables: keeper, replay: ReplayMemory([replay]), own: Set(own.map(Self.ip)))
  }

  static func gateTables() throws -> GateTables {
    func door(_ name: String, hasIPv6: Bool = true, takesSource: Bool = false) -> GateTables.Door {
      .init(
        id: SPADoor.id(of: Self.name(name)), hasIPv4: true, hasIPv6: hasIPv6, defaultLease: 30, longestLease: 600,
        weakest: .authenticated, addresses: takesSource ? .all : .named, allowsLinkLocal: false)
    }
    let keys = try [Device.laptop, .phone, .desk].map { device in
      GateTables.ClientKey(
        user: device == .desk ? 1 : 0, publicKey: try X25519PrivateKey(key(100 + UInt64(device.rawValue))).publicKey,
        presharedKey: key(200 + UInt64(device.rawValue)), validity: .always)
    }
    return GateTables(
      gatewayKeys: [
        .init(privateKey: key(9), validity: .init(notAfter: now)), .init(privateKey: key(1), validity: .always),
      ], admissions: [.always(key(2))], keys: keys,
      users: [
        .init(doors: [0, 1], defaultDoor: 0, longestLease: 3600, mayUsePacketSource: true, validity: .always),
        .init(doors: [0], defaultDoor: nil, longestLease: 3600, mayUsePacketSource: false, validity: .always),
      ], doors: [door("ssh"), door("web", hasIPv6: false, takesSource: true), door("cellar")],
      keyBucket: .init(burst: 20, refill: .seconds(1)), curveBudget: 100_000, clockIsTrusted: false)
  }

  static func keeperTables() -> KeeperTables {
    let four = KeeperTables.SetReference(family: .inet, table: "postern", set: "door4")
    let six = KeeperTables.SetReference(family: .inet, table: "postern", set: "door6")
    func door(_ name: String, _ ports: [String], ipv6: Bool = true) -> KeeperTables.Door {
      .init(
        name: Self.name(name), ipv4: four, ipv6: ipv6 ? six : nil, services: ports.compactMap { Service($0) }, defaultLease: 30,
        longestLease: 600,
        allowsLinkLocal: false, leasesPerUser: 2)
    }
    func user(_ name: String, _ doors: [Int], _ sources: [String] = []) -> KeeperTables.User {
      .init(
        name: Self.name(name), validity: .always, doors: doors, longestLease: 3600,
        sources: sources.compactMap { AddressPrefix($0) },
        grantsPerMinute: 10)
    }
    return KeeperTables(
      groups: [5], users: [user("alice", [0, 1]), user("bob", [0], ["192.0.2.0/24"])],
      keys: [
        .init(user: 0, name: name("laptop"), validity: .always), .init(user: 0, name: name("phone"), validity: .always),
        .init(user: 1, name: name("desk"), validity: .always),
      ], doors: [door("ssh", ["tcp/22", "udp/60001"]), door("web", ["tcp/443"], ipv6: false), door("cellar", ["tcp/1"])],
      stateDirectory: "/nowhere", rings: [.init(kind: .spa, slots: 64)], gatewayFingerprint: 1, controlSocket: "/nowhere",
      auditFile: nil, notices: [])
  }

  func profile(_ device: Device, admission: Bytes32? = nil) throws -> SPAProfile {
    SPAProfile(
      clientPrivateKey: Self.key(100 + UInt64(device.rawValue)), presharedKey: Self.key(200 + UInt64(device.rawValue)),
      gatewayPublicKey: try X25519PrivateKey(gatewayKey).publicKey, admission: admission ?? self.admission)
  }

  struct Wish {
    var device = Device.laptop
    var action = Knock.Action.open
    var door: String?
    var ipv4: AddressClaim<IPv4Address> = .named(IPv4Address(0xc000_0207), port: nil)
    var ipv6: AddressClaim<IPv6Address> = .none
    var lease: UInt32 = 0
    var stamp = Lane.now
    var totp: UInt32?
  }

  func knock(_ wish: Wish = Wish()) throws -> [UInt8] {
    let request = try #require(
      SPARequest(
        action: wish.action, door: wish.door.map(Self.name), ipv4: wish.ipv4, ipv6: wish.ipv6, wishedLease: wish.lease,
        stamp: wish.stamp, totp: wish.totp))
    return try SPAEncoder(profile(wish.device)).encode(request)
  }

  static func udp(_ data: [UInt8], from source: String = client, to destination: String = gateway) -> [UInt8] {
    PacketBuilder(from: ip(source), to: ip(destination))?.udp(from: 40000, to: 62201, payload: data) ?? []
  }

  /// What connect(2) of a Linux sends, or with data what a client of ours makes.
  static func syn(_ data: [UInt8] = [], from source: String = client) -> [UInt8] {
    var builder = PacketBuilder(from: ip(source), to: ip(gateway))
    builder?.dontFragment = true
    builder?.identification = 1
    let whole: [UInt8] = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7]
    return builder?.tcp(
      from: 40000, to: 443, flags: .syn, sequence: 1, options: data.isEmpty ? whole : Array(whole.prefix(4)), payload: data) ?? []
  }

  func explain(_ packet: [UInt8], prefix: String = "spa", at now: Timestamp = now) -> Explanation {
    let prefix = Array(prefix.utf8)
    return packet.withBytes { packet in prefix.withBytes { explainer.explain(packet, prefix: $0, at: now) } }
  }

  /// A knock in the client's name, sent from its address.
  func explain(_ wish: Wish, at now: Timestamp = now) throws -> Explanation {
    explain(Self.udp(try knock(wish)), at: now)
  }
}

extension Explanation {
  var opening: Opening? {
    if case .opened(let opening) = verdict { opening } else { nil }
  }

  var denial: Denial? {
    if case .refused(let denial, _) = verdict { denial } else { nil }
  }

  var judge: Judge? {
    if case .refused(_, let judge) = verdict { judge } else { nil }
  }
}
