// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// Any bytes, and real tables with bytes changed, taken out or put in: tables that encode to the same bytes, or a refusal.
///
/// The first byte says which; the others are then edits of three bytes: what and where, where, with what.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzTables(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let rest = Array(input.dropFirst())
  switch choice % 3 {
  case 0: check(rest)
  case 1: check(edited(Samples.gate, rest))
  default: check(edited(Samples.keeper, rest))
  }
  return 0
}

private func check(_ bytes: [UInt8]) {
  if let tables = try? bytes.withBytes({ try GateTables(decoding: $0) }) {
    precondition(tables.encoded() == bytes)
    precondition(tables.keys.allSatisfy { tables.users.indices.contains($0.user) })
    precondition(
      tables.users.allSatisfy { ($0.doors + [$0.defaultDoor].compactMap { $0 }).allSatisfy(tables.doors.indices.contains) })
  }
  if let tables = try? bytes.withBytes({ try KeeperTables(decoding: $0) }) {
    precondition(tables.encoded() == bytes)
    precondition(tables.keys.allSatisfy { tables.users.indices.contains($0.user) })
    precondition(tables.users.allSatisfy { $0.doors.allSatisfy(tables.doors.indices.contains) })
  }
}

/// The header ends with the length of what follows it, which is made right again: a wrong one would be all that is ever found.
private func edited(_ sample: [UInt8], _ edits: [UInt8]) -> [UInt8] {
  var bytes = sample
  for start in stride(from: 0, to: edits.count - 2, by: 3) {
    let place = (Int(edits[start] & 0x3f) << 8 | Int(edits[start + 1])) % bytes.count
    switch edits[start] >> 6 {
    case 0: bytes[place] ^= edits[start + 2]
    case 1: bytes[place] = edits[start + 2]
    case 2: bytes.insert(edits[start + 2], at: place)
    default: if bytes.count > lengthEnd { bytes.remove(at: place) }
    }
  }
  let length = UInt32(max(bytes.count, lengthEnd) - lengthEnd)
  for (offset, shift) in zip(lengthEnd - 4..<lengthEnd, [24, 16, 8, 0]) {
    bytes[offset] = UInt8(truncatingIfNeeded: length >> shift)
  }
  return bytes
}

private let lengthEnd = 16

/// Tables with every kind of field, encoded.
private enum Samples {
  private static let some = Validity(notBefore: Timestamp(seconds: 1), notAfter: Timestamp(seconds: 2))
  private static let names = ["alice", "bob", "ssh", "web"].compactMap { Name($0) }
  private static let services = ["tcp/22", "udp/1-65535", "esp"].compactMap { Service($0) }
  private static let networks = ["192.0.2.0/24", "2001:db8::/32"].compactMap { AddressPrefix($0) }

  private static func key(_ byte: UInt8) -> Bytes32 { Bytes32(Array(repeating: byte, count: 32)) ?? .zero }

  static let gate = GateTables(
    gatewayKeys: [.init(privateKey: key(1), validity: some), .init(privateKey: key(2), validity: .always)],
    admissions: [.init(secret: key(3), validity: some), .always(.zero)],
    keys: [.init(user: 1, publicKey: key(4), presharedKey: key(5), validity: some)],
    users: [
      .init(doors: [1, 0], defaultDoor: 1, longestLease: 60, mayUsePacketSource: true, validity: some),
      .init(
        doors: [], defaultDoor: nil, longestLease: 1, mayUsePacketSource: false, validity: .always,
        keyBucket: .init(burst: 1, refill: .seconds(1)), isDisabled: true),
    ],
    doors: [7, .max].map {
      .init(
        id: DoorID($0), hasIPv4: true, hasIPv6: false, defaultLease: 5, longestLease: 60, weakest: .keyed, addresses: .all,
        allowsLinkLocal: true)
    }, keyBucket: .init(burst: 10, refill: .seconds(5)), curveBudget: 4000, clockIsTrusted: true
  ).encoded()

  static let keeper = KeeperTables(
    groups: [5, 65535],
    users: [
      .init(name: names[0], validity: some, doors: [0, 1], longestLease: 60, sources: networks, grantsPerMinute: 60),
      .init(
        name: names[1], validity: .always, doors: [], longestLease: 1, sources: [], grantsPerMinute: 0, isDisabled: true,
        observesOnly: true),
    ], keys: [.init(user: 1, name: names[0], validity: some)],
    doors: names.suffix(2).map {
      .init(
        name: $0, ipv4: .init(family: .ip, table: "filter", set: "door"), ipv6: .init(family: .inet, table: "t", set: "s"),
        services: services, defaultLease: 30, longestLease: 60, allowsLinkLocal: true, leasesPerUser: 8,
        destinations: networks.map(\.address),
        key: KeyField.allCases, prefix4: 24, prefix6: 64)
    }, stateDirectory: "/var/lib/postern", rings: [.init(kind: .spa, slots: 100)], gatewayFingerprint: 7,
    controlSocket: "/run/control",
    auditFile: "/var/log/a", notices: ["one"]
  ).encoded()
}
