// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Tables in which every field and both values of every optional occur.
enum Samples {
  static func filled(_ byte: UInt8) -> Bytes32 {
    let word = UInt64(byte) * 0x0101_0101_0101_0101
    return Bytes32(high: Bytes16(high: word, low: word), low: Bytes16(high: word, low: word))
  }

  static let some = Validity(notBefore: Timestamp(seconds: 1), notAfter: Timestamp(seconds: 2))

  static var hours: [WeekHours] {
    let zone = LocalTime(
      offset: -3600, changes: [.init(at: 1000, offset: 7200), .init(at: 2000, offset: -3600)], end: 3000)
    let office = zone.flatMap { WeekHours(spans: [0..<60, 600..<WeekHours.week], zone: $0) }
    return [office, WeekHours(spans: [5..<6], zone: .utc)].compactMap(\.self)
  }

  static var gate: GateTables {
    var tables = plainGate
    tables.calendars = hours
    tables.evidence = EvidenceLimits(window: .seconds(60), ports: 8, refusals: 20, codes: 5, suspectsPerMinute: 60)
    tables.keys[0].limits = KeyLimits(
      uses: 3, secondFactor: .hotp(CodeSecret(secret: filled(7), hash: .sha512, digits: 8), from: 9), remembers: true, renewal: 2)
    tables.keys[1].limits = KeyLimits(secondFactor: .chain(anchor: filled(8)))
    tables.keys[0].hours = 1
    tables.users[1].hours = 0
    tables.doors[0].hours = 1
    tables.doors[0].systems = SystemDemand([.init(.linux), .init(.solaris)], awaitsFirstPacket: true)
    tables.doors[1].systems = SystemDemand(.all, allowsUnknown: true)
    tables.signatures = ["*:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0", "6:128:8:1440:%8192,*:mss,eol+1:flow:*"]
      .compactMap { SynPattern($0) }.map { SystemSignature(.windows, $0) }
    return tables
  }

  private static var plainGate: GateTables {
    GateTables(
      gatewayKeys: [.init(privateKey: filled(1), validity: some), .init(privateKey: filled(2), validity: .always)],
      admissions: [.init(secret: filled(3), validity: some), .always(.zero)],
      keys: [
        .init(user: 1, publicKey: filled(4), presharedKey: filled(5), validity: .always),
        .init(
          user: 0, credential: .spa(.init(publicKey: filled(6), presharedKey: .zero)),
          validity: Validity(notAfter: Timestamp(seconds: 9)), fingerprint: 77, door: 1, deed: .run(1)),
        .init(
          user: 0, credential: .spa(.init(publicKey: filled(7), presharedKey: filled(8))), validity: .always, fingerprint: 78,
          deed: .ban),
        .init(user: 1, credential: .fwknop(fwknop), validity: some, fingerprint: 79),
        .init(user: 1, credential: .fwknop(oldFwknop), validity: .always, fingerprint: 80),
      ],
      users: [
        .init(doors: [1, 0], defaultDoor: 1, longestLease: 86_400, mayUsePacketSource: true, validity: some),
        .init(
          doors: [0], defaultDoor: nil, longestLease: 1, mayUsePacketSource: false, validity: .always,
          keyBucket: .init(burst: 1, refill: .seconds(1)), isDisabled: true, actions: [1, 0]),
      ],
      doors: [
        .init(
          id: DoorID(7), hasIPv4: true, hasIPv6: false, defaultLease: 30, longestLease: 3600, weakest: .authenticated,
          addresses: .all, allowsLinkLocal: false),
        .init(
          id: DoorID(.max), hasIPv4: false, hasIPv6: true, defaultLease: 5, longestLease: 5, weakest: .plain,
          addresses: [.named, .agreed], allowsLinkLocal: true, services: ["tcp/22", "udp/1-9", "esp"].compactMap { Service($0) },
          forwards: [":22", "[fd00::5]:22"].compactMap { ForwardTarget($0) }),
      ],
      actions: ["backup", "mail"].compactMap { Name($0) }.map { .init(name: $0, aliases: ["/sbin/\($0) now", "ü"]) },
      keyBucket: .init(burst: 10, refill: .seconds(5)), curveBudget: 4000, clockIsTrusted: true)
  }

  private static var fwknop: FwknopCredential {
    FwknopCredential(
      mode: .cbc, passphrase: Array(0..<32), codeHash: .sha3_512, codeKey: Array(0..<128), user: "carol",
      sources: ["192.0.2.0/24", "2001:db8::/32"].compactMap { AddressPrefix($0) }, requiresAddress: true, allowsAnyAgent: false)
  }

  private static var oldFwknop: FwknopCredential {
    FwknopCredential(
      mode: .legacy, passphrase: [7], codeHash: .sha256, codeKey: [], user: "", sources: [], requiresAddress: false,
      allowsAnyAgent: true)
  }

  static func keeper() throws -> KeeperTables {
    var tables = try plainKeeper()
    tables.calendars = hours
    tables.defence = BanRules(
      family: .inet, table: "postern", timeout: 600, longest: 86_400, bansPerMinute: 60,
      never: ["192.0.2.0/24", "2001:db8::/32"].compactMap { AddressPrefix($0) })
    tables.keys[0].hours = 1
    tables.users[1].hours = 0
    tables.doors[0].hours = 1
    return tables
  }

  private static func plainKeeper() throws -> KeeperTables {
    let alice = try #require(Name("alice"))
    let ssh = try #require(Name("ssh"))
    let tcp = try #require(Service("tcp/22"))
    let sources = [try #require(AddressPrefix("192.0.2.0/24")), try #require(AddressPrefix("2001:db8::/32"))]
    let set = KeeperTables.SetReference(family: .ip6, table: "postern", set: "door6")
    return KeeperTables(
      groups: [5, 65_535], queues: [5, 65_535],
      users: [
        .init(name: alice, validity: some, doors: [0], longestLease: 60, sources: sources, grantsPerMinute: 60),
        .init(
          name: ssh, validity: .always, doors: [], longestLease: 1, sources: [], grantsPerMinute: 0, isDisabled: true,
          observesOnly: true),
      ], keys: [.init(user: 1, name: alice, validity: some, fingerprint: 7)],
      doors: [
        .init(
          name: ssh, ipv4: nil, ipv6: set, services: [tcp], defaultLease: 30, longestLease: 60, allowsLinkLocal: true,
          leasesPerUser: 8, leases: 9),
        .init(
          name: alice, ipv4: .init(family: .ip, table: "filter", set: "door"), ipv6: nil,
          services: [try #require(Service("udp/1-65535")), try #require(Service("esp"))], defaultLease: 1, longestLease: 1,
          allowsLinkLocal: false, leasesPerUser: 1,
          destinations: [try #require(IPAddress("10.0.0.5")), try #require(IPAddress("fd00::5"))],
          key: [.destinationAddress, .sourceAddress, .transport], prefix4: 8, prefix6: 64, hold: 300,
          forward4: .init(
            map: .init(family: .ip, table: "nat", set: "hosts"), target: try #require(ForwardTarget("10.0.0.5:22"))),
          forward6: .init(map: .init(family: .inet, table: "nat", set: "ports"), target: try #require(ForwardTarget(":22")))),
      ],
      stateDirectory: "/var/lib/postern", rings: [.init(kind: .spa, slots: 4096)], gatewayFingerprint: 0x0102_0304_0506_0708,
      controlSocket: "/run/postern/control", access: .init(operators: 100, viewers: nil), auditFile: "/var/log/ü",
      journal: .whenThere("/run/journal"), notices: ["limits: key-burst raised from 10 to 1000"],
      gatewayKeys: [.init(file: "gateway.key", fingerprint: 1, validity: some)],
      admissions: [.init(file: "/a", fingerprint: 2, validity: .always)], clockIsTrusted: true)
  }

  /// What decoding makes of bytes: nil for accepted ones.
  static func gateError(_ bytes: [UInt8]) -> WireError? {
    error(bytes) { (bytes) throws(WireError) in _ = try GateTables(decoding: bytes) }
  }
  static func keeperError(_ bytes: [UInt8]) -> WireError? {
    error(bytes) { (bytes) throws(WireError) in _ = try KeeperTables(decoding: bytes) }
  }

  private static func error(_ bytes: [UInt8], _ decode: (RawSpan) throws(WireError) -> Void) -> WireError? {
    do throws(WireError) {
      try bytes.withBytes(decode)
      return nil
    } catch {
      return error
    }
  }
}
