// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

extension GateTables {
  private static let header = TableHeader(magic: 0x504F_5354_4741_5445, version: 2)  // "POSTGATE"

  /// The tables as bytes, secrets included; whoever holds them wipes them. Time and size are linear.
  package func encoded() -> [UInt8] {
    var writer = Self.header.begin(capacity: capacity)
    writer.list(gatewayKeys) { $1.put(to: &$0) }
    writer.list(admissions) { $1.put(to: &$0) }
    writer.list(doors) { $1.put(to: &$0) }
    writer.list(users) { $1.put(to: &$0) }
    writer.list(keys) { $1.put(to: &$0) }
    keyBucket.put(to: &writer)
    writer.u32(curveBudget)
    writer.boolean(clockIsTrusted)
    return Self.header.finish(writer)
  }

  /// Refuses everything that ``encoded()`` does not make of tables within ``TableLimits``: every index is in range.
  package init(decoding bytes: RawSpan) throws(WireError) {
    var reader = WireReader(bytes)
    try Self.header.check(&reader)
    let gatewayKeys = try reader.list(1...TableLimits.gatewayKeys) { (reader) throws(WireError) in try GatewayKey(&reader) }
    let admissions = try reader.list(1...TableLimits.admissions) { (reader) throws(WireError) in try Admission(&reader) }
    let doors = try reader.list(0...TableLimits.doors) { (reader) throws(WireError) in try Door(&reader) }
    let users = try reader.list(0...TableLimits.users) { (reader) throws(WireError) in try User(&reader, doors: doors.count) }
    let keys = try reader.list(0...TableLimits.keys) { (reader) throws(WireError) in try ClientKey(&reader, users: users.count) }
    self.init(
      gatewayKeys: gatewayKeys, admissions: admissions, keys: keys, users: users, doors: doors, keyBucket: try KeyBucket(&reader),
      curveBudget: try reader.number(in: 1...(.max)), clockIsTrusted: try reader.boolean())
    guard reader.isAtEnd else { throw .malformed }
  }

  /// No less than the encoded size.
  private var capacity: Int {
    let permissions = users.reduce(0) { $0 + $1.doors.count }
    return 128 + 64 * (gatewayKeys.count + admissions.count) + 64 * doors.count + 96 * users.count + 4 * permissions + 96
      * keys.count
  }
}

extension GateTables.GatewayKey {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(privateKey: try reader.bytes32(), validity: try reader.validity())
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.put(privateKey)
    writer.validity(validity)
  }
}

extension GateTables.Admission {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(secret: try reader.bytes32(), validity: try reader.validity())
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.put(secret)
    writer.validity(validity)
  }
}

extension GateTables.ClientKey {
  fileprivate init(_ reader: inout WireReader, users: Int) throws(WireError) {
    self.init(
      user: try reader.index(below: users), publicKey: try reader.bytes32(), presharedKey: try reader.bytes32(),
      validity: try reader.validity())
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.index(user)
    writer.put(publicKey)
    writer.put(presharedKey)
    writer.validity(validity)
  }
}

extension GateTables.User {
  fileprivate init(_ reader: inout WireReader, doors: Int) throws(WireError) {
    self.init(
      doors: try reader.list(0...TableLimits.doors) { (reader) throws(WireError) in try reader.index(below: doors) },
      defaultDoor: try reader.optional { (reader) throws(WireError) in try reader.index(below: doors) },
      longestLease: try reader.lease(), mayUsePacketSource: try reader.boolean(), validity: try reader.validity(),
      keyBucket: try reader.optional { (reader) throws(WireError) in try GateTables.KeyBucket(&reader) },
      isDisabled: try reader.boolean())
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.list(doors) { $0.index($1) }
    writer.optional(defaultDoor) { $0.index($1) }
    writer.u32(longestLease)
    writer.boolean(mayUsePacketSource)
    writer.validity(validity)
    writer.optional(keyBucket) { $1.put(to: &$0) }
    writer.boolean(isDisabled)
  }
}

extension GateTables.Door {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    let id = DoorID(try reader.u64())
    let hasIPv4 = try reader.boolean()
    let hasIPv6 = try reader.boolean()
    let longest = try reader.lease()
    let lease = try reader.number(in: 1...longest)
    guard let weakest = Strength(rawValue: try reader.u8()) else { throw .malformed }
    let addresses = AddressModes(rawValue: try reader.u8())
    guard addresses.isSubset(of: .all) else { throw .malformed }
    self.init(
      id: id, hasIPv4: hasIPv4, hasIPv6: hasIPv6, defaultLease: lease, longestLease: longest, weakest: weakest,
      addresses: addresses, allowsLinkLocal: try reader.boolean())
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u64(id.value)
    writer.boolean(hasIPv4)
    writer.boolean(hasIPv6)
    writer.u32(longestLease)
    writer.u32(defaultLease)
    writer.u8(weakest.rawValue)
    writer.u8(addresses.rawValue)
    writer.boolean(allowsLinkLocal)
  }
}

extension GateTables.KeyBucket {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    let burst = try reader.number(in: 1...(.max))
    guard let refill = Int64(exactly: try reader.u64()), refill > 0 else { throw .malformed }
    self.init(burst: burst, refill: Timestamp.Span(nanoseconds: refill))
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u32(burst)
    writer.u64(UInt64(bitPattern: refill.nanoseconds))
  }
}
