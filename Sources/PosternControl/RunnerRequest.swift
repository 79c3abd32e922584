// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What the keeper asks of the runner, 144 bytes a message.
package enum RunnerRequest: Hashable, Sendable {
  /// Numbers every start of one state directory: none is started twice.
  package typealias Ticket = UInt64

  case run(ActionCall, Ticket)
  /// Listen for a lease until it ends; again for a lease that lasts longer than was said.
  case serve(ActionCall, Ticket)
  /// The lease is over.
  case endService(program: Int, lease: LeaseID)
  /// Nothing more comes: end what was asked for, then yourself.
  case retire

  package static let byteCount = 144
  private static let layout: UInt8 = 1
}

// Layout, big-endian:
//  0 u8 layout   1 u8 kind   2 u16 program   4 u32 seconds   8 u64 ticket   16 u64 lease   24 u8 occasion   25 u8 present
// 26 u16 port   28 zero 4   32 address 16   48 user 32   80 key 32   112 door 32
extension RunnerRequest {
  private enum Kind: UInt8 {
    case run = 1
    case serve
    case endService
    case retire
  }

  private struct Present: OptionSet {
    let rawValue: UInt8
    static let user = Present(rawValue: 1)
    static let key = Present(rawValue: 2)
    static let door = Present(rawValue: 4)
    static let lease = Present(rawValue: 8)
    static let four = Present(rawValue: 16)
    static let six = Present(rawValue: 32)
  }

  package var encoded: [UInt8] {
    var writer = WireWriter(capacity: Self.byteCount)
    switch self {
    case .run(let call, let ticket): Self.put(.run, call, ticket, to: &writer)
    case .serve(let call, let ticket): Self.put(.serve, call, ticket, to: &writer)
    case .endService(let program, let lease):
      Self.put(.endService, ActionCall(program: program, occasion: .close, lease: lease), 0, to: &writer)
    case .retire:
      writer.u8(Self.layout)
      writer.u8(Kind.retire.rawValue)
      writer.zeros(Self.byteCount - 2)
    }
    return writer.bytes
  }

  /// Refuses every message that ``encoded`` does not make.
  package init(decoding bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount == Self.byteCount else { throw .malformed }
    var reader = WireReader(bytes)
    guard try reader.u8() == Self.layout, let kind = Kind(rawValue: try reader.u8()) else { throw .malformed }
    switch kind {
    case .run:
      let (call, ticket) = try Self.call(&reader)
      self = .run(call, ticket)
    case .serve:
      let (call, ticket) = try Self.call(&reader)
      self = .serve(call, ticket)
    case .endService:
      let (call, _) = try Self.call(&reader)
      guard let lease = call.lease else { throw .malformed }
      self = .endService(program: call.program, lease: lease)
    case .retire: self = .retire
    }
    // One form only: what does not count is zero.
    guard encoded == bytes.copied() else { throw .malformed }
  }

  private static func put(_ kind: Kind, _ call: ActionCall, _ ticket: Ticket, to writer: inout WireWriter) {
    var present: Present = []
    if call.user != nil { present.insert(.user) }
    if call.key != nil { present.insert(.key) }
    if call.door != nil { present.insert(.door) }
    if call.lease != nil { present.insert(.lease) }
    if let source = call.source { present.insert(source.family == .ipv4 ? .four : .six) }
    writer.u8(layout)
    writer.u8(kind.rawValue)
    writer.u16(UInt16(clamping: call.program))
    writer.u32(call.seconds)
    writer.u64(ticket)
    writer.u64(call.lease?.value ?? 0)
    writer.u8(call.occasion.rawValue)
    writer.u8(present.rawValue)
    writer.u16(call.port?.number ?? 0)
    writer.zeros(4)
    writer.padded(call.source)
    for name in [call.user, call.key, call.door] { writer.padded(name) }
  }

  private static func call(_ reader: inout WireReader) throws(WireError) -> (ActionCall, Ticket) {
    let program = Int(try reader.u16())
    let (seconds, ticket, lease) = (try reader.u32(), try reader.u64(), try reader.u64())
    guard let occasion = ActionOccasion(rawValue: try reader.u8()) else { throw .malformed }
    let present = Present(rawValue: try reader.u8())
    let port = Port(try reader.u16())
    try reader.skip(4)
    let source = try reader.padded(four: present.contains(.four), six: present.contains(.six))
    let (user, key, door) = (try reader.paddedName(), try reader.paddedName(), try reader.paddedName())
    let call = ActionCall(
      program: program, occasion: occasion, user: user, key: key, door: door, source: source, port: port,
      lease: present.contains(.lease) ? LeaseID(lease) : nil, seconds: seconds)
    return (call, ticket)
  }
}

extension WireWriter {
  /// Sixteen bytes; an IPv4 address stands in the first four.
  mutating func padded(_ address: IPAddress?) {
    switch address {
    case .v4(let address):
      u32(address.value)
      zeros(12)
    case .v6(let address): put(address.bytes)
    case nil: zeros(16)
    }
  }

  fileprivate mutating func padded(_ name: Name?) {
    let text = name?.description.utf8 ?? "".utf8
    raw(text)
    zeros(Name.maximumLength - text.count)
  }
}

extension WireReader {
  mutating func padded(four: Bool, six: Bool) throws(WireError) -> IPAddress? {
    let bytes = try bytes16()
    switch (four, six) {
    case (false, false): return nil
    case (true, false): return .v4(IPv4Address(UInt32(truncatingIfNeeded: bytes.high >> 32)))
    case (false, true): return .v6(IPv6Address(bytes))
    case (true, true): throw .malformed
    }
  }

  /// Nil where all is zero.
  fileprivate mutating func paddedName() throws(WireError) -> Name? {
    let bytes = try bytes(Name.maximumLength)
    let text = bytes.prefix { $0 != 0 }
    guard !text.isEmpty else { return nil }
    guard let name = Name(String(decoding: text, as: UTF8.self)) else { throw .malformed }
    return name
  }
}
