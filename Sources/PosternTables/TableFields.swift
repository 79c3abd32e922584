// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

// The fields that both tables are made of. Each value has one form only: what decodes encodes to the same bytes.

extension WireReader {
  /// A count and so many elements; the memory taken is bounded by the bytes that are there.
  mutating func list<Element>(
    _ counts: ClosedRange<Int>, _ element: (inout WireReader) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    let count = Int(try u32())
    guard counts.contains(count) else { throw .malformed }
    guard count <= remaining else { throw .truncated }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }

  mutating func boolean() throws(WireError) -> Bool { try number(in: 0...1) == 1 }

  mutating func number(in range: ClosedRange<UInt32>) throws(WireError) -> UInt32 {
    let value = try u32()
    guard range.contains(value) else { throw .malformed }
    return value
  }

  /// A position in a list of `count` elements.
  mutating func index(below count: Int) throws(WireError) -> Int {
    let index = Int(try u32())
    guard index < count else { throw .malformed }
    return index
  }

  mutating func lease() throws(WireError) -> UInt32 { try number(in: 1...TableLimits.longestLease) }

  mutating func optional<Value>(_ value: (inout WireReader) throws(WireError) -> Value) throws(WireError) -> Value? {
    guard try boolean() else { return nil }
    return try value(&self)
  }

  mutating func validity() throws(WireError) -> Validity {
    let notBefore = try optional { (reader) throws(WireError) in Timestamp(nanoseconds: try reader.u64()) }
    let notAfter = try optional { (reader) throws(WireError) in Timestamp(nanoseconds: try reader.u64()) }
    return Validity(notBefore: notBefore, notAfter: notAfter)
  }

  /// UTF-8 without control characters: these texts reach C strings, file names and terminals.
  mutating func text(_ lengths: ClosedRange<Int>) throws(WireError) -> String {
    let length = Int(try u32())
    guard lengths.contains(length) else { throw .malformed }
    let bytes = try bytes(length)
    guard !bytes.contains(where: { $0 < 32 || $0 == 127 }), let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed
    }
    return text
  }

  mutating func name() throws(WireError) -> Name {
    guard let name = Name(try text(1...Name.maximumLength)) else { throw .malformed }
    return name
  }

  mutating func service() throws(WireError) -> Service {
    guard let transport = TransportProtocol(rawValue: try u8()) else { throw .malformed }
    let ends = (try u16(), try u16())
    var ports: ClosedRange<Port>?
    if ends != (0, 0) {
      guard let first = Port(ends.0), let last = Port(ends.1), first <= last else { throw .malformed }
      ports = first...last
    }
    guard let service = Service(transport, ports) else { throw .malformed }
    return service
  }

  mutating func keyField() throws(WireError) -> KeyField {
    guard let field = KeyField(rawValue: try u8()) else { throw .malformed }
    return field
  }

  /// Leading bits of an address.
  mutating func prefixLength(in range: ClosedRange<UInt8>) throws(WireError) -> UInt8 {
    let length = try u8()
    guard range.contains(length) else { throw .malformed }
    return length
  }

  mutating func address() throws(WireError) -> IPAddress {
    guard let family = AddressFamily(rawValue: try u8()) else { throw .malformed }
    return try address(family)
  }

  private mutating func address(_ family: AddressFamily) throws(WireError) -> IPAddress {
    switch family {
    case .ipv4: .v4(IPv4Address(try u32()))
    case .ipv6: .v6(IPv6Address(try bytes16()))
    }
  }

  /// An address, a port other than zero, or both.
  mutating func forwardTarget() throws(WireError) -> ForwardTarget {
    let address = try optional { (reader) throws(WireError) in try reader.address() }
    switch (address, Port(try u16())) {
    case (let address?, let port?): return .service(address, port)
    case (let address?, nil): return .host(address)
    case (nil, let port?): return .port(port)
    case (nil, nil): throw .malformed
    }
  }

  mutating func prefix() throws(WireError) -> AddressPrefix {
    guard let family = AddressFamily(rawValue: try u8()) else { throw .malformed }
    let length = try u8()
    guard let prefix = AddressPrefix(try address(family), length: length) else { throw .malformed }
    return prefix
  }
}

extension WireWriter {
  // A list beyond its limit is written as it is, and no decoder takes it.
  mutating func list<Element>(_ elements: [Element], _ element: (inout WireWriter, Element) -> Void) {
    u32(UInt32(clamping: elements.count))
    for each in elements { element(&self, each) }
  }

  mutating func boolean(_ value: Bool) { u32(value ? 1 : 0) }
  /// What no index can be becomes one that no decoder takes, never somebody else's.
  mutating func index(_ value: Int) { u32(UInt32(exactly: value) ?? .max) }

  mutating func optional<Value>(_ value: Value?, _ put: (inout WireWriter, Value) -> Void) {
    boolean(value != nil)
    if let value { put(&self, value) }
  }

  mutating func validity(_ value: Validity) {
    optional(value.notBefore) { $0.u64($1.nanoseconds) }
    optional(value.notAfter) { $0.u64($1.nanoseconds) }
  }

  mutating func text(_ value: String) {
    let utf8 = value.utf8
    u32(UInt32(clamping: utf8.count))
    raw(utf8)
  }

  mutating func name(_ value: Name) { text(value.description) }

  mutating func service(_ value: Service) {
    u8(value.transport.rawValue)
    u16(value.ports?.lowerBound.number ?? 0)
    u16(value.ports?.upperBound.number ?? 0)
  }

  mutating func address(_ value: IPAddress) {
    u8(value.family.rawValue)
    bytes(of: value)
  }

  private mutating func bytes(of address: IPAddress) {
    switch address {
    case .v4(let address): u32(address.value)
    case .v6(let address): put(address.bytes)
    }
  }

  mutating func forwardTarget(_ value: ForwardTarget) {
    optional(value.address) { $0.address($1) }
    u16(value.port?.number ?? 0)
  }

  mutating func prefix(_ value: AddressPrefix) {
    u8(value.address.family.rawValue)
    u8(value.length)
    bytes(of: value.address)
  }
}
