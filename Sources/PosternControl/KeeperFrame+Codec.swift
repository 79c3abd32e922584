// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

// Layout, big-endian:
//  0 u8 layout   1 u8 kind    2 u16 notes   4 u32 generation   8 u32 key   12 u16 door   14 u8 action   15 u8 families
// 16 u32 lease  20 IPv4 4    24 IPv6 16    40 u16 port v4     42 u16 port v6   44 u8 detail   45 u8 gateway key
// 46 u8 admission  47 zero 1   48 id 16 (grant)
// A refusal keeps its source in the address of its family, its skew at 48 (i64) and what it spent at 56; `detail` is its denial, or a
// ready's ring state.
// A held packet keeps its source so too, its id at 8 and its queue at 12; `detail` is its stage.
// A pace has its source at 12; `detail` is 1 for busy.
extension KeeperFrame {
  private static let layout: UInt8 = 1

  private enum Kind: UInt8 {
    case ready = 1
    case grant = 2
    case refusal = 3
    case loaded = 4
    case held = 5
    case pace = 6
    case suspect = 7
  }

  private static let bit4: UInt8 = 1
  private static let bit6: UInt8 = 2

  package func encode(into writer: inout WireWriter) {
    switch body {
    case .loaded: Fields(kind: .loaded).write(generation, into: &writer)
    case .ready(let state): Fields(kind: .ready, detail: state.rawValue).write(generation, into: &writer)
    case .grant(let grant): Fields(grant).write(generation, into: &writer)
    case .refusal(let refusal): Fields(refusal).write(generation, into: &writer)
    case .held(let held): Fields(held).write(generation, into: &writer)
    case .pace(let pace): Fields(pace).write(generation, into: &writer)
    case .suspect(let suspect): Fields(suspect).write(generation, into: &writer)
    }
  }

  /// One frame; refuses every byte that no gate of this layout would write.
  package init(decoding bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount == Self.byteCount else { throw .malformed }
    let (generation, fields) = try Fields.read(bytes)
    switch fields.kind {
    case .loaded:
      guard fields == Fields(kind: .loaded) else { throw .malformed }
      self.init(generation: generation, body: .loaded)
    case .ready:
      guard let state = RingState(rawValue: fields.detail), fields == Fields(kind: .ready, detail: fields.detail) else {
        throw .malformed
      }
      self.init(generation: generation, body: .ready(state))
    case .grant:
      guard let grant = fields.grant, Fields(grant) == fields else { throw .malformed }
      self.init(generation: generation, body: .grant(grant))
    case .refusal:
      guard let refusal = fields.refusal, Fields(refusal) == fields else { throw .malformed }
      self.init(generation: generation, body: .refusal(refusal))
    case .held:
      guard let held = fields.held, Fields(held) == fields else { throw .malformed }
      self.init(generation: generation, body: .held(held))
    case .pace:
      let pace = Pace(source: fields.door, isBusy: fields.detail == 1)
      guard fields.detail <= 1, Fields(pace) == fields else { throw .malformed }
      self.init(generation: generation, body: .pace(pace))
    case .suspect:
      guard let suspect = fields.suspect, Fields(suspect) == fields else { throw .malformed }
      self.init(generation: generation, body: .suspect(suspect))
    }
  }

  /// The frame's fields as they lie on the wire. A body decodes only if encoding it again gives the same fields, so each byte that
  /// does not count is zero.
  private struct Fields: Equatable {
    var kind: Kind
    var notes: UInt16 = 0
    var key: UInt32 = 0
    var door: UInt16 = 0
    var action: UInt8 = 0
    var families: UInt8 = 0
    var lease: UInt32 = 0
    var ipv4: UInt32 = 0
    var ipv6 = Bytes16.zero
    var port4: UInt16 = 0
    var port6: UInt16 = 0
    var detail: UInt8 = 0
    var gatewayKey: UInt8 = 0
    var admission: UInt8 = 0
    var tail = Bytes16.zero

    init(kind: Kind, detail: UInt8 = 0) {
      self.kind = kind
      self.detail = detail
    }

    init(_ grant: Grant) {
      self.init(kind: .grant)
      notes = grant.notes.rawValue
      key = UInt32(truncatingIfNeeded: grant.key.value)
      door = UInt16(truncatingIfNeeded: grant.door)
      action = grant.action.rawValue
      lease = grant.lease
      tail = grant.knock
      gatewayKey = grant.addressee.gatewayKey
      admission = grant.addressee.admission
      if let endpoint = grant.ipv4 {
        families |= KeeperFrame.bit4
        ipv4 = endpoint.address.value
        port4 = endpoint.port?.number ?? 0
      }
      if let endpoint = grant.ipv6 {
        families |= KeeperFrame.bit6
        ipv6 = endpoint.address.bytes
        port6 = endpoint.port?.number ?? 0
      }
    }

    init(_ refusal: Refusal) {
      self.init(kind: .refusal, detail: refusal.denial.rawValue)
      key = UInt32(truncatingIfNeeded: refusal.key.value)
      tail.high = UInt64(bitPattern: refusal.skew.nanoseconds)
      tail.low = refusal.spent
      put(refusal.source)
    }

    init(_ held: Held) {
      self.init(kind: .held, detail: held.stage.rawValue)
      key = held.id
      door = held.queue
      put(held.source)
    }

    init(_ pace: Pace) {
      self.init(kind: .pace, detail: pace.isBusy ? 1 : 0)
      door = pace.source
    }

    init(_ suspect: Suspect) {
      self.init(kind: .suspect, detail: suspect.evidence.rawValue)
      put(suspect.source.address)
    }

    private mutating func put(_ source: IPAddress) {
      switch source {
      case .v4(let address):
        families = KeeperFrame.bit4
        ipv4 = address.value
      case .v6(let address):
        families = KeeperFrame.bit6
        ipv6 = address.bytes
      }
    }

    private var source: IPAddress? {
      switch families {
      case KeeperFrame.bit4: .v4(IPv4Address(ipv4))
      case KeeperFrame.bit6: .v6(IPv6Address(ipv6))
      default: nil
      }
    }

    var grant: Grant? {
      guard let action = Grant.Action(rawValue: action), families & ~(KeeperFrame.bit4 | KeeperFrame.bit6) == 0 else {
        return nil
      }
      return Grant(
        action: action, key: KeyIndex(Int(key)), door: Int(door),
        ipv4: families & KeeperFrame.bit4 == 0 ? nil : .init(IPv4Address(ipv4), port: Port(port4)),
        ipv6: families & KeeperFrame.bit6 == 0 ? nil : .init(IPv6Address(ipv6), port: Port(port6)),
        lease: lease, knock: tail, notes: Grant.Notes(rawValue: notes),
        addressee: Addressee(gatewayKey: gatewayKey, admission: admission))
    }

    var refusal: Refusal? {
      guard let denial = Denial(rawValue: detail), let source else { return nil }
      return Refusal(
        denial: denial, key: KeyIndex(Int(key)), source: source, skew: .init(nanoseconds: Int64(bitPattern: tail.high)),
        spent: tail.low)
    }

    var held: Held? {
      guard let stage = Held.Stage(rawValue: detail), let source else { return nil }
      return Held(stage, queue: door, id: key, source: source)
    }

    /// The network's length is that of its family.
    var suspect: Suspect? {
      guard let evidence = EvidenceKind(rawValue: detail), let source else { return nil }
      return Suspect(source: Suspect.source(of: source), evidence: evidence)
    }

    func write(_ generation: UInt32, into writer: inout WireWriter) {
      writer.u8(KeeperFrame.layout)
      writer.u8(kind.rawValue)
      writer.u16(notes)
      writer.u32(generation)
      writer.u32(key)
      writer.u16(door)
      writer.u8(action)
      writer.u8(families)
      writer.u32(lease)
      writer.u32(ipv4)
      writer.put(ipv6)
      writer.u16(port4)
      writer.u16(port6)
      writer.u8(detail)
      writer.u8(gatewayKey)
      writer.u8(admission)
      writer.zeros(1)
      writer.put(tail)
    }

    static func read(_ bytes: RawSpan) throws(WireError) -> (generation: UInt32, fields: Fields) {
      var reader = WireReader(bytes)
      guard try reader.u8() == KeeperFrame.layout, let kind = Kind(rawValue: try reader.u8()) else { throw .malformed }
      var fields = Fields(kind: kind)
      fields.notes = try reader.u16()
      let generation = try reader.u32()
      fields.key = try reader.u32()
      fields.door = try reader.u16()
      fields.action = try reader.u8()
      fields.families = try reader.u8()
      fields.lease = try reader.u32()
      fields.ipv4 = try reader.u32()
      fields.ipv6 = try reader.bytes16()
      fields.port4 = try reader.u16()
      fields.port6 = try reader.u16()
      fields.detail = try reader.u8()
      fields.gatewayKey = try reader.u8()
      fields.admission = try reader.u8()
      guard try reader.u8() == 0 else { throw .malformed }
      fields.tail = try reader.bytes16()
      return (generation, fields)
    }
  }
}
