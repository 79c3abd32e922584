// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

extension GateTables {
  private static let header = TableHeader(magic: 0x504F_5354_4741_5445, version: 4)  // "POSTGATE"

  /// The tables as bytes, secrets included; whoever holds them wipes them. Time and size are linear.
  package func encoded() -> [UInt8] {
    var writer = Self.header.begin(capacity: capacity)
    writer.list(gatewayKeys) { $1.put(to: &$0) }
    writer.list(admissions) { $1.put(to: &$0) }
    writer.list(calendars) { $0.weekHours($1) }
    writer.list(signatures) { $0.systemSignature($1) }
    writer.list(doors) { $1.put(to: &$0) }
    writer.list(actions) { $1.put(to: &$0) }
    writer.list(users) { $1.put(to: &$0) }
    writer.list(keys) { $1.put(to: &$0) }
    keyBucket.put(to: &writer)
    writer.u32(curveBudget)
    writer.boolean(clockIsTrusted)
    writer.optional(evidence) { $1.put(to: &$0) }
    return Self.header.finish(writer)
  }

  /// Refuses everything that ``encoded()`` does not make of tables within ``TableLimits``: every index is in range.
  package init(decoding bytes: RawSpan) throws(WireError) {
    var reader = WireReader(bytes)
    try Self.header.check(&reader)
    let gatewayKeys = try reader.list(1...TableLimits.gatewayKeys) { (reader) throws(WireError) in try GatewayKey(&reader) }
    let admissions = try reader.list(1...TableLimits.admissions) { (reader) throws(WireError) in try Admission(&reader) }
    let calendars = try reader.list(0...TableLimits.calendars) { (reader) throws(WireError) in try reader.weekHours() }
    let signatures = try reader.list(0...TableLimits.signatures) { (reader) throws(WireError) in try reader.systemSignature() }
    let hours = calendars.count
    let doors = try reader.list(0...TableLimits.doors) { (reader) throws(WireError) in try Door(&reader, hours: hours) }
    let actions = try reader.list(0...TableLimits.actions) { (reader) throws(WireError) in try Action(&reader) }
    let counts = Counts(doors: doors.count, actions: actions.count, hours: hours)
    let users = try reader.list(0...TableLimits.users) { (reader) throws(WireError) in try User(&reader, counts) }
    let keys = try reader.list(0...TableLimits.keys) { (reader) throws(WireError) in
      try ClientKey(&reader, users: users.count, counts)
    }
    self.init(
      gatewayKeys: gatewayKeys, admissions: admissions, keys: keys, users: users, doors: doors, actions: actions,
      keyBucket: try KeyBucket(&reader), curveBudget: try reader.number(in: 1...(.max)), clockIsTrusted: try reader.boolean())
    self.calendars = calendars
    self.signatures = signatures
    evidence = try reader.optional { (reader) throws(WireError) in try EvidenceLimits(&reader) }
    guard reader.isAtEnd else { throw .malformed }
  }

  /// How many there are of what is pointed to.
  fileprivate struct Counts {
    let doors: Int
    let actions: Int
    let hours: Int
  }

  /// No less than the encoded size.
  private var capacity: Int {
    let permissions = users.reduce(0) { $0 + $1.doors.count + $1.actions.count }
    let ways = doors.reduce(0) { $0 + 5 * $1.services.count + 32 * $1.forwards.count }
    let texts = actions.reduce(0) { $0 + 64 + $1.aliases.reduce(0) { $0 + 4 + $1.utf8.count } }
    return 160 + 64 * (gatewayKeys.count + admissions.count) + 96 * doors.count + ways + texts + 104 * users.count + 4
      * permissions
      + keys.reduce(0) { $0 + 160 + $1.credential.capacity } + 4096 * calendars.count
      + (8 + SynPattern.textBytes) * signatures.count
  }
}

extension GateTables.Action {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      name: try reader.name(),
      aliases: try reader.list(0...TableLimits.aliasesPerAction) { (reader) throws(WireError) in
        try reader.text(1...TableLimits.aliasBytes)
      }, weakest: try Self.weakest(&reader))
  }

  private static func weakest(_ reader: inout WireReader) throws(WireError) -> Strength {
    guard let weakest = Strength(rawValue: try reader.u8()) else { throw .malformed }
    return weakest
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.name(name)
    writer.list(aliases) { $0.text($1) }
    writer.u8(weakest.rawValue)
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
  fileprivate init(_ reader: inout WireReader, users: Int, _ counts: GateTables.Counts) throws(WireError) {
    self.init(
      user: try reader.index(below: users), credential: try Credential(&reader), validity: try reader.validity(),
      fingerprint: try reader.u64(),
      door: try reader.optional { (reader) throws(WireError) in try reader.index(below: counts.doors) },
      deed: try Deed(&reader, actions: counts.actions))
    limits = try KeyLimits(&reader)
    hours = try reader.optional { (reader) throws(WireError) in try reader.index(below: counts.hours) }
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.index(user)
    credential.put(to: &writer)
    writer.validity(validity)
    writer.u64(fingerprint)
    writer.optional(door) { $0.index($1) }
    deed.put(to: &writer)
    limits.put(to: &writer)
    writer.optional(hours) { $0.index($1) }
  }
}

extension GateTables.User {
  fileprivate init(_ reader: inout WireReader, _ counts: GateTables.Counts) throws(WireError) {
    self.init(
      doors: try reader.list(0...TableLimits.doors) { (reader) throws(WireError) in try reader.index(below: counts.doors) },
      defaultDoor: try reader.optional { (reader) throws(WireError) in try reader.index(below: counts.doors) },
      longestLease: try reader.lease(), mayUsePacketSource: try reader.boolean(), validity: try reader.validity(),
      keyBucket: try reader.optional { (reader) throws(WireError) in try GateTables.KeyBucket(&reader) },
      isDisabled: try reader.boolean(),
      actions: try reader.list(0...TableLimits.actions) { (reader) throws(WireError) in try reader.index(below: counts.actions) })
    hours = try reader.optional { (reader) throws(WireError) in try reader.index(below: counts.hours) }
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.list(doors) { $0.index($1) }
    writer.optional(defaultDoor) { $0.index($1) }
    writer.u32(longestLease)
    writer.boolean(mayUsePacketSource)
    writer.validity(validity)
    writer.optional(keyBucket) { $1.put(to: &$0) }
    writer.boolean(isDisabled)
    writer.list(actions) { $0.index($1) }
    writer.optional(hours) { $0.index($1) }
  }
}

extension GateTables.Door {
  fileprivate init(_ reader: inout WireReader, hours: Int) throws(WireError) {
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
      addresses: addresses, allowsLinkLocal: try reader.boolean(),
      services: try reader.list(0...TableLimits.servicesPerDoor) { (reader) throws(WireError) in try reader.service() },
      forwards: try reader.list(0...AddressFamily.allCases.count) { (reader) throws(WireError) in try reader.forwardTarget() })
    self.hours = try reader.optional { (reader) throws(WireError) in try reader.index(below: hours) }
    systems = try reader.optional { (reader) throws(WireError) in try reader.systemDemand() }
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
    writer.list(services) { $0.service($1) }
    writer.list(forwards) { $0.forwardTarget($1) }
    writer.optional(hours) { $0.index($1) }
    writer.optional(systems) { $0.systemDemand($1) }
  }
}

extension GateTables.KeyBucket {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    let burst = try reader.number(in: 1...(.max))
    let anySpan = Timestamp.Span(nanoseconds: 1)...Timestamp.Span(nanoseconds: .max)
    self.init(burst: burst, refill: try reader.span(in: anySpan))
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u32(burst)
    writer.span(refill)
  }
}
