// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

extension KeeperTables {
  private static let header = TableHeader(magic: 0x504F_5354_4B45_4550, version: 6)  // "POSTKEEP"

  /// The tables as bytes. Time and size are linear.
  package func encoded() -> [UInt8] {
    var writer = Self.header.begin(capacity: 4096 + 96 * (doors.count + users.count + keys.count))
    writer.list(groups) { $0.u16($1) }
    writer.list(queues) { $0.u16($1) }
    writer.u8(UInt8(truncatingIfNeeded: gates))
    writer.list(actions) { $1.put(to: &$0) }
    writer.list(onBan) { $0.index($1) }
    writer.list(calendars) { $0.weekHours($1) }
    writer.list(doors) { $1.put(to: &$0) }
    writer.list(users) { $1.put(to: &$0) }
    writer.list(keys) { $1.put(to: &$0) }
    writer.text(stateDirectory)
    writer.list(rings) { $1.put(to: &$0) }
    writer.u64(gatewayFingerprint)
    writer.text(controlSocket)
    access.put(to: &writer)
    writer.optional(auditFile) { $0.text($1) }
    journal.put(to: &writer)
    writer.list(notices) { $0.text($1) }
    writer.list(gatewayKeys) { $1.put(to: &$0) }
    writer.list(admissions) { $1.put(to: &$0) }
    writer.boolean(clockIsTrusted)
    writer.u8(marks.bit)
    writer.optional(defence) { $1.put(to: &$0) }
    return Self.header.finish(writer)
  }

  /// Refuses everything that ``encoded()`` does not make of tables within ``TableLimits``: every index is in range.
  package init(decoding bytes: RawSpan) throws(WireError) {
    var reader = WireReader(bytes)
    try Self.header.check(&reader)
    let groups = try reader.list(1...TableLimits.groups) { (reader) throws(WireError) in try reader.u16() }
    let queues = try reader.list(0...TableLimits.queues) { (reader) throws(WireError) in try reader.u16() }
    let gates = Int(try reader.u8())
    guard (1...min(groups.count, TableLimits.gates)).contains(gates), gates == 1 || queues.isEmpty else {
      throw .malformed
    }
    let actions = try reader.list(0...TableLimits.actions) { (reader) throws(WireError) in try RunnerProgram(&reader) }
    let onBan = try reader.actions(below: actions.count)
    let calendars = try reader.list(0...TableLimits.calendars) { (reader) throws(WireError) in try reader.weekHours() }
    let hours = calendars.count
    let doors = try reader.list(0...TableLimits.doors) { (reader) throws(WireError) in
      try Door(&reader, hours: hours, actions: actions.count)
    }
    let users = try reader.list(0...TableLimits.users) { (reader) throws(WireError) in
      try User(&reader, doors: doors.count, hours: hours, actions: actions.count)
    }
    let keys = try reader.list(0...TableLimits.keys) { (reader) throws(WireError) in
      try ClientKey(&reader, users: users.count, hours: hours)
    }
    self.init(
      groups: groups, queues: queues, users: users, keys: keys, doors: doors,
      stateDirectory: try reader.text(1...TableLimits.pathBytes),
      rings: try reader.list(1...KnockProtocol.remembered.count) { (reader) throws(WireError) in try Ring(&reader) },
      gatewayFingerprint: try reader.u64(),
      controlSocket: try reader.text(1...TableLimits.socketPathBytes),
      access: try Access(&reader),
      auditFile: try reader.optional { (reader) throws(WireError) in try reader.text(1...TableLimits.pathBytes) },
      journal: try Journal(&reader),
      notices: try reader.list(0...TableLimits.notices) { (reader) throws(WireError) in
        try reader.text(1...TableLimits.noticeBytes)
      },
      gatewayKeys: try reader.list(0...TableLimits.gatewayKeys) { (reader) throws(WireError) in try GatewaySecret(&reader) },
      admissions: try reader.list(0...TableLimits.admissions) { (reader) throws(WireError) in try GatewaySecret(&reader) },
      clockIsTrusted: try reader.boolean(), marks: try Self.flowMarks(&reader), actions: actions, onBan: onBan)
    self.gates = gates
    self.calendars = calendars
    defence = try reader.optional { (reader) throws(WireError) in try BanRules(&reader) }
    guard reader.isAtEnd else { throw .malformed }
  }
}

extension KeeperTables {
  private static func flowMarks(_ reader: inout WireReader) throws(WireError) -> FlowMarks {
    guard let marks = FlowMarks(bit: try reader.u8()) else { throw .malformed }
    return marks
  }
}

extension KeeperTables.Access {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      operators: try reader.optional { (reader) throws(WireError) in try reader.u32() },
      viewers: try reader.optional { (reader) throws(WireError) in try reader.u32() })
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.optional(operators) { $0.u32($1) }
    writer.optional(viewers) { $0.u32($1) }
  }
}

extension KeeperTables.Journal {
  private enum Tag: UInt8 {
    case off, whenThere, always
  }

  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let tag = Tag(rawValue: try reader.u8()) else { throw .malformed }
    switch tag {
    case .off: self = .off
    case .whenThere: self = .whenThere(try reader.text(1...TableLimits.socketPathBytes))
    case .always: self = .always(try reader.text(1...TableLimits.socketPathBytes))
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .off: writer.u8(Tag.off.rawValue)
    case .whenThere(let path):
      writer.u8(Tag.whenThere.rawValue)
      writer.text(path)
    case .always(let path):
      writer.u8(Tag.always.rawValue)
      writer.text(path)
    }
  }
}

extension KeeperTables.User {
  fileprivate init(_ reader: inout WireReader, doors: Int, hours: Int, actions: Int) throws(WireError) {
    self.init(
      name: try reader.name(), validity: try reader.validity(),
      doors: try reader.list(0...TableLimits.doors) { (reader) throws(WireError) in try reader.index(below: doors) },
      longestLease: try reader.lease(),
      sources: try reader.list(0...TableLimits.sourcesPerUser) { (reader) throws(WireError) in try reader.prefix() },
      grantsPerMinute: try reader.u32(), isDisabled: try reader.boolean(), observesOnly: try reader.boolean(),
      cutsAtEnd: try reader.boolean(),
      actions: try reader.list(0...TableLimits.actions) { (reader) throws(WireError) in try reader.index(below: actions) })
    self.hours = try reader.optional { (reader) throws(WireError) in try reader.index(below: hours) }
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.name(name)
    writer.validity(validity)
    writer.list(doors) { $0.index($1) }
    writer.u32(longestLease)
    writer.list(sources) { $0.prefix($1) }
    writer.u32(grantsPerMinute)
    writer.boolean(isDisabled)
    writer.boolean(observesOnly)
    writer.boolean(cutsAtEnd)
    writer.list(actions) { $0.index($1) }
    writer.optional(hours) { $0.index($1) }
  }
}

extension KeeperTables.ClientKey {
  fileprivate init(_ reader: inout WireReader, users: Int, hours: Int) throws(WireError) {
    self.init(
      user: try reader.index(below: users), name: try reader.name(), validity: try reader.validity(),
      fingerprint: try reader.u64())
    self.hours = try reader.optional { (reader) throws(WireError) in try reader.index(below: hours) }
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.index(user)
    writer.name(name)
    writer.validity(validity)
    writer.u64(fingerprint)
    writer.optional(hours) { $0.index($1) }
  }
}

extension KeeperTables.GatewaySecret {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      file: try reader.text(1...TableLimits.pathBytes), fingerprint: try reader.u64(), validity: try reader.validity())
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.text(file)
    writer.u64(fingerprint)
    writer.validity(validity)
  }
}

extension KeeperTables.SetReference {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let family = Family(rawValue: try reader.u8()) else { throw .malformed }
    let names = 1...TableLimits.nftNameBytes
    self.init(family: family, table: try reader.text(names), set: try reader.text(names))
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u8(family.rawValue)
    writer.text(table)
    writer.text(set)
  }
}

extension KeeperTables.Door {
  fileprivate init(_ reader: inout WireReader, hours: Int, actions: Int) throws(WireError) {
    self.init(
      name: try reader.name(),
      ipv4: try reader.optional { (reader) throws(WireError) in try KeeperTables.SetReference(&reader) },
      ipv6: try reader.optional { (reader) throws(WireError) in try KeeperTables.SetReference(&reader) },
      services: try reader.list(0...TableLimits.servicesPerDoor) { (reader) throws(WireError) in try reader.service() },
      defaultLease: try reader.lease(), longestLease: try reader.lease(), allowsLinkLocal: try reader.boolean(),
      leasesPerUser: try reader.u32(), leases: try reader.optional { (reader) throws(WireError) in try reader.u32() },
      grantsPerMinute: try reader.optional { (reader) throws(WireError) in try reader.u32() },
      destinations: try reader.list(0...TableLimits.destinationsPerDoor) { (reader) throws(WireError) in try reader.address() },
      key: try reader.optional { (reader) throws(WireError) in try Self.key(&reader) },
      prefix4: try reader.prefixLength(in: TableLimits.prefixes4), prefix6: try reader.prefixLength(in: TableLimits.prefixes6),
      hold: try Self.hold(&reader), isOnce: try reader.boolean(),
      sessions4: try reader.optional { (reader) throws(WireError) in try KeeperTables.SetReference(&reader) },
      sessions6: try reader.optional { (reader) throws(WireError) in try KeeperTables.SetReference(&reader) },
      forward4: try reader.optional { (reader) throws(WireError) in try Forward(&reader, .ipv4) },
      forward6: try reader.optional { (reader) throws(WireError) in try Forward(&reader, .ipv6) },
      actions: try DoorActions(&reader, actions: actions))
    self.hours = try reader.optional { (reader) throws(WireError) in try reader.index(below: hours) }
    isBan = try reader.boolean()
  }

  private static func hold(_ reader: inout WireReader) throws(WireError) -> UInt16 {
    let hold = try reader.u16()
    guard hold <= TableLimits.longestHold else { throw .malformed }
    return hold
  }

  /// A key that some set can have.
  private static func key(_ reader: inout WireReader) throws(WireError) -> [KeyField] {
    let fields = try reader.list(1...KeyField.allCases.count) { (reader) throws(WireError) in try reader.keyField() }
    guard SetLayout(.ipv4, fields) != nil else { throw .malformed }
    return fields
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.name(name)
    writer.optional(ipv4) { $1.put(to: &$0) }
    writer.optional(ipv6) { $1.put(to: &$0) }
    writer.list(services) { $0.service($1) }
    writer.u32(defaultLease)
    writer.u32(longestLease)
    writer.boolean(allowsLinkLocal)
    writer.u32(leasesPerUser)
    writer.optional(leases) { $0.u32($1) }
    writer.optional(grantsPerMinute) { $0.u32($1) }
    writer.list(destinations) { $0.address($1) }
    writer.optional(key) { $0.list($1) { $0.u8($1.rawValue) } }
    writer.u8(prefix4)
    writer.u8(prefix6)
    writer.u16(hold)
    writer.boolean(isOnce)
    writer.optional(sessions4) { $1.put(to: &$0) }
    writer.optional(sessions6) { $1.put(to: &$0) }
    writer.optional(forward4) { $1.put(to: &$0) }
    writer.optional(forward6) { $1.put(to: &$0) }
    actions.put(to: &writer)
    writer.optional(hours) { $0.index($1) }
    writer.boolean(isBan)
  }
}

extension KeeperTables.Ring {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let kind = KnockProtocol(rawValue: try reader.u8()), kind.window != nil else { throw .malformed }
    self.init(kind: kind, slots: try reader.number(in: 1...TableLimits.ringSlots))
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u8(kind.rawValue)
    writer.u32(slots)
  }
}

extension Forward {
  fileprivate init(_ reader: inout WireReader, _ family: AddressFamily) throws(WireError) {
    self.init(map: try KeeperTables.SetReference(&reader), target: try reader.forwardTarget())
    guard target.address.map({ $0.family == family }) ?? true else { throw .malformed }
  }

  fileprivate func put(to writer: inout WireWriter) {
    map.put(to: &writer)
    writer.forwardTarget(target)
  }
}
