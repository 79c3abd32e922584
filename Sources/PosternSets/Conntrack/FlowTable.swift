// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
package import PosternKnock
import PosternWire

/// Connection tracking, for questions about flows and for cutting them. It blocks, at most two seconds an answer.
package struct FlowTable: ~Copyable {
  private static let longestWait = 2

  private let descriptor: NetlinkDescriptor
  private let marks: FlowMarks
  private var outgoing = MessageBuffer()
  private var incoming = [UInt8](repeating: 0, count: 64 << 10)
  private var sequence: UInt32 = 0

  package init(_ marks: FlowMarks) throws(SetError) {
    let opened = try NetlinkDescriptor(isNonblocking: false)
    try opened.limitReceive(seconds: Self.longestWait)
    try opened.setNetlink(NETLINK_CAP_ACK, 1)
    _ = opened.reserve(.receive, 4 << 20)
    descriptor = opened
    self.marks = marks
  }

  /// The flows that came through doors, cut ones too, `limit` at most; the kernel picks them by their marks.
  package mutating func flows(limit: Int) throws(SetError) -> [Flow] {
    start(ConntrackConstants.get, family: UInt8(AF_UNSPEC), flags: NftConstants.dump)
    outgoing.put(ConntrackConstants.mark, u32: marks.session)
    outgoing.put(ConntrackConstants.markMask, u32: marks.session)
    try descriptor.send(outgoing)
    var flows: [Flow] = []
    while true {
      let (some, end) = try answer()
      flows += some.prefix(max(0, limit - flows.count))
      guard let end else { continue }
      guard end == 0 else { throw SetError(errno: end) }
      return flows
    }
  }

  /// The flow as it is now; nil when the kernel does not know it.
  package mutating func flow(_ tuple: FlowTuple) throws(SetError) -> Flow? {
    start(ConntrackConstants.get, family: tuple.netfilterFamily, flags: 0)
    outgoing.put(ConntrackConstants.original, tuple)
    try descriptor.send(outgoing)
    while true {
      let (some, end) = try answer()
      if let flow = some.first { return flow }
      guard let end else { continue }
      if end == ENOENT { return nil }
      throw SetError(errno: end)
    }
  }

  /// Marks the flow as cut for so many seconds, whatever its ends still send: the rules stop its next packet in either direction.
  /// The entry stays, since the kernel would take up a forgotten flow anew from whatever comes next. False when there is none.
  package mutating func cut(_ tuple: FlowTuple, seconds: UInt32) throws(SetError) -> Bool {
    guard let flow = try flow(tuple) else { return false }
    start(ConntrackConstants.new, family: tuple.netfilterFamily, flags: NftConstants.acknowledge)
    outgoing.put(ConntrackConstants.original, tuple)
    outgoing.put(ConntrackConstants.status, u32: flow.status | ConntrackConstants.fixedTimeout)
    outgoing.put(ConntrackConstants.timeout, u32: seconds)
    outgoing.put(ConntrackConstants.mark, u32: marks.cut)
    outgoing.put(ConntrackConstants.markMask, u32: marks.mask)
    return try change()
  }

  /// Makes the kernel forget the flow; false when it knows none.
  package mutating func forget(_ flow: Flow) throws(SetError) -> Bool {
    start(ConntrackConstants.delete, family: flow.tuple.netfilterFamily, flags: NftConstants.acknowledge)
    outgoing.put(ConntrackConstants.original, flow.tuple)
    outgoing.put(ConntrackConstants.id, u32: flow.id)
    return try change()
  }

  private mutating func start(_ type: UInt16, family: UInt8, flags: UInt16) {
    sequence &+= 1
    outgoing.removeAll()
    outgoing.conntrack(type, family: family, flags: NftConstants.request | flags, sequence: sequence)
  }

  private mutating func change() throws(SetError) -> Bool {
    try descriptor.send(outgoing)
    while true {
      let (_, end) = try answer()
      guard let end else { continue }
      if end == ENOENT { return false }
      guard end == 0 else { throw SetError(errno: end) }
      return true
    }
  }

  private mutating func answer() throws(SetError) -> (flows: [Flow], end: Int32?) {
    let number = sequence
    return try receive { Self.flows(in: $0, of: number) }
  }

  private mutating func receive<Result>(_ body: (RawSpan) -> Result) throws(SetError) -> Result {
    do {
      let count = try descriptor.receive(into: &incoming)
      return incoming.withBytes { body($0.extracting(first: count)) }
    } catch {
      throw error.code == EAGAIN || error.code == ENOBUFS ? .noAnswer : SetError(errno: error.code)
    }
  }

  /// The flows of one datagram of an answer, and the errno at its end; nil while more is to come.
  static func flows(in datagram: RawSpan, of sequence: UInt32) -> (flows: [Flow], end: Int32?) {
    var flows: [Flow] = []
    var cursor = MessageCursor()
    while let message = cursor.next(in: datagram) {
      guard message.sequence == sequence else { continue }
      if message.type == UInt16(NLMSG_DONE) { return (flows, 0) }
      if let refusal = Acknowledgement(message, in: datagram) { return (flows, refusal.errno) }
      guard message.type == ConntrackConstants.messageType(ConntrackConstants.new) else { continue }
      if let flow = Flow(message, in: datagram) { flows.append(flow) }
    }
    return (flows, nil)
  }
}

extension FlowTuple {
  /// NFPROTO_IPV4 and NFPROTO_IPV6, which are the numbers of the families themselves.
  fileprivate var netfilterFamily: UInt8 { source.family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6) }
}

extension MessageBuffer {
  fileprivate mutating func put(_ type: UInt16, u32 value: UInt32) {
    put(type, bytes: (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) })
  }

  fileprivate mutating func put(_ type: UInt16, u16 value: UInt16) {
    put(type, bytes: [UInt8(value >> 8), UInt8(value & 0xff)])
  }

  fileprivate mutating func put(_ type: UInt16, _ tuple: FlowTuple) {
    nest(type) { tuples in
      tuples.nest(ConntrackConstants.addresses) { addresses in
        let isV4 = tuple.source.family == .ipv4
        addresses.put(isV4 ? ConntrackConstants.source4 : ConntrackConstants.source6, tuple.source)
        addresses.put(isV4 ? ConntrackConstants.destination4 : ConntrackConstants.destination6, tuple.destination)
      }
      tuples.nest(ConntrackConstants.transport) { transport in
        transport.put(ConntrackConstants.transportNumber, bytes: [tuple.transport.rawValue])
        guard tuple.transport.hasPorts else { return }
        transport.put(ConntrackConstants.sourcePort, u16: tuple.sourcePort)
        transport.put(ConntrackConstants.destinationPort, u16: tuple.destinationPort)
      }
    }
  }

  private mutating func put(_ type: UInt16, _ address: IPAddress) {
    var writer = WireWriter(capacity: 16)
    switch address {
    case .v4(let four): writer.u32(four.value)
    case .v6(let six): writer.put(six.bytes)
    }
    put(type, bytes: writer.bytes)
  }
}
