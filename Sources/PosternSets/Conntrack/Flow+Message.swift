// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// What the kernel says of one flow.
package enum FlowEvent: Hashable, Sendable {
  /// It is new, or something of it changed.
  case seen(Flow)
  /// The kernel has forgotten it; counters are its last.
  case gone(Flow)
  /// The kernel had to drop events.
  case overrun

  /// The events of one datagram; what is no flow of a known kind is passed over.
  package static func events(in datagram: RawSpan) -> [FlowEvent] {
    var events: [FlowEvent] = []
    var cursor = MessageCursor()
    while let message = cursor.next(in: datagram) {
      let isGone = message.type == ConntrackConstants.messageType(ConntrackConstants.delete)
      guard isGone || message.type == ConntrackConstants.messageType(ConntrackConstants.new) else { continue }
      guard let flow = Flow(message, in: datagram) else { continue }
      events.append(isGone ? .gone(flow) : .seen(flow))
    }
    return events
  }
}

extension Flow {
  /// Nil for a message without both tuples, and for a protocol that no door serves.
  init?(_ message: MessageCursor.Message, in datagram: RawSpan) {
    var original: FlowTuple?
    var reply: FlowTuple?
    var cursor = message.attributes
    while let attribute = cursor.next(in: datagram) {
      switch attribute.type {
      case ConntrackConstants.original: original = FlowTuple(attribute.nested, in: datagram)
      case ConntrackConstants.reply: reply = FlowTuple(attribute.nested, in: datagram)
      default: continue
      }
    }
    guard let original, let reply else { return nil }
    self.init(tuple: original, server: reply.source, serverPort: reply.sourcePort)
    var rest = message.attributes
    while let attribute = rest.next(in: datagram) { take(attribute, in: datagram) }
  }

  private mutating func take(_ attribute: AttributeCursor.Attribute, in datagram: RawSpan) {
    switch attribute.type {
    case ConntrackConstants.id: id = attribute.u32(in: datagram) ?? 0
    case ConntrackConstants.mark: mark = attribute.u32(in: datagram) ?? 0
    case ConntrackConstants.status: status = attribute.u32(in: datagram) ?? 0
    case ConntrackConstants.protocolInfo: tcpState = Self.tcpState(attribute, in: datagram)
    case ConntrackConstants.originalCounters, ConntrackConstants.replyCounters: count(attribute.nested, in: datagram)
    case ConntrackConstants.timestamp: start = Self.start(attribute.nested, in: datagram)
    default: break
    }
  }

  private static func tcpState(_ attribute: AttributeCursor.Attribute, in datagram: RawSpan) -> UInt8? {
    attribute.nested.first(ConntrackConstants.tcp, in: datagram)?.nested.first(ConntrackConstants.tcpState, in: datagram)?
      .u8(in: datagram)
  }

  private static func start(_ attributes: AttributeCursor, in datagram: RawSpan) -> Timestamp? {
    attributes.first(ConntrackConstants.start, in: datagram)?.u64(in: datagram).map { Timestamp(nanoseconds: $0) }
  }

  private mutating func count(_ attributes: AttributeCursor, in datagram: RawSpan) {
    if let more = attributes.first(ConntrackConstants.packets, in: datagram)?.u64(in: datagram) {
      packets = (packets ?? 0) &+ more
    }
    if let more = attributes.first(ConntrackConstants.bytes, in: datagram)?.u64(in: datagram) { bytes = (bytes ?? 0) &+ more }
  }
}

extension FlowTuple {
  /// Nil without addresses of one family and a protocol that is known.
  init?(_ attributes: AttributeCursor, in datagram: RawSpan) {
    guard let addresses = attributes.first(ConntrackConstants.addresses, in: datagram)?.nested,
      let transport = attributes.first(ConntrackConstants.transport, in: datagram)?.nested,
      let number = transport.first(ConntrackConstants.transportNumber, in: datagram)?.u8(in: datagram),
      let known = TransportProtocol(rawValue: number)
    else { return nil }
    func address(_ four: UInt16, _ six: UInt16) -> IPAddress? {
      addresses.first(four, in: datagram)?.address(in: datagram) ?? addresses.first(six, in: datagram)?.address(in: datagram)
    }
    guard let source = address(ConntrackConstants.source4, ConntrackConstants.source6),
      let destination = address(ConntrackConstants.destination4, ConntrackConstants.destination6),
      source.family == destination.family
    else { return nil }
    self.init(
      source: source, sourcePort: transport.first(ConntrackConstants.sourcePort, in: datagram)?.u16(in: datagram) ?? 0,
      destination: destination,
      destinationPort: transport.first(ConntrackConstants.destinationPort, in: datagram)?.u16(in: datagram) ?? 0,
      transport: known)
  }
}

extension AttributeCursor {
  /// The first attribute of this type.
  func first(_ type: UInt16, in datagram: RawSpan) -> Attribute? {
    var cursor = self
    while let attribute = cursor.next(in: datagram) {
      if attribute.type == type { return attribute }
    }
    return nil
  }
}

extension AttributeCursor.Attribute {
  func u8(in datagram: RawSpan) -> UInt8? { payload.count == 1 ? datagram.byte(payload.lowerBound) : nil }
  func u16(in datagram: RawSpan) -> UInt16? { payload.count == 2 ? datagram.u16(at: payload.lowerBound) : nil }

  /// An address, by its length.
  func address(in datagram: RawSpan) -> IPAddress? {
    if let four = u32(in: datagram) { return .v4(IPv4Address(four)) }
    guard payload.count == 16 else { return nil }
    var reader = WireReader(datagram.extracting(payload))
    return (try? reader.bytes16()).map { .v6(IPv6Address($0)) }
  }
}
