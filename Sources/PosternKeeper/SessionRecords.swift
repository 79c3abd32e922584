// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// The open sessions as bytes, so that a later keeper can tell of those that end while none runs.
///
/// Layout, big-endian: magic 8, count u32, then for each session id u32, begin u64, transport u8, family u8, source and destination
/// (4 or 16 bytes each), four ports u16 less the server's address, server (4 or 16), comment length u8 and comment.
package enum SessionRecords {
  private static let magic: UInt64 = 0x504F_5354_5345_5331  // "POSTSES1"
  /// No file of ours is longer.
  package static let byteLimit = 16 + SessionBook.limit * 192

  package static func encoded(_ sessions: [Session]) -> [UInt8] {
    var writer = WireWriter(capacity: 16 + 96 * sessions.count)
    writer.u64(magic)
    writer.u32(UInt32(clamping: sessions.count))
    for session in sessions { put(session, to: &writer) }
    return writer.bytes
  }

  /// Nil for bytes that ``encoded(_:)`` does not make.
  package static func decoded(_ bytes: [UInt8]) -> [Session]? {
    bytes.withBytes { span in
      var reader = WireReader(span)
      return try? read(&reader)
    }
  }

  private static func read(_ reader: inout WireReader) throws(WireError) -> [Session] {
    guard try reader.u64() == magic else { throw .malformed }
    let count = Int(try reader.u32())
    guard count <= SessionBook.limit else { throw .malformed }
    var sessions: [Session] = []
    for _ in 0..<count { sessions.append(try session(&reader)) }
    guard reader.isAtEnd else { throw .malformed }
    return sessions
  }

  private static func put(_ session: Session, to writer: inout WireWriter) {
    let (flow, tuple) = (session.flow, session.flow.tuple)
    writer.u32(flow.id)
    writer.u64(session.begin.nanoseconds)
    writer.u8(tuple.transport.rawValue)
    writer.u8(tuple.source.family.rawValue)
    for address in [tuple.source, tuple.destination, flow.server] { writer.plain(address) }
    for port in [tuple.sourcePort, tuple.destinationPort, flow.serverPort] { writer.u16(port) }
    let comment = Array((session.comment?.description ?? "").utf8)
    writer.u8(UInt8(clamping: comment.count))
    writer.raw(comment)
  }

  private static func session(_ reader: inout WireReader) throws(WireError) -> Session {
    let (id, begin) = (try reader.u32(), Timestamp(nanoseconds: try reader.u64()))
    guard let transport = TransportProtocol(rawValue: try reader.u8()), let family = AddressFamily(rawValue: try reader.u8())
    else { throw .malformed }
    let (source, destination, server) = (
      try reader.plain(family), try reader.plain(family), try reader.plain(family)
    )
    let tuple = FlowTuple(
      source: source, sourcePort: try reader.u16(), destination: destination, destinationPort: try reader.u16(),
      transport: transport)
    var flow = Flow(tuple: tuple, server: server, serverPort: try reader.u16())
    flow.id = id
    let text = try reader.bytes(Int(try reader.u8()))
    let comment = LeaseComment(String(decoding: text, as: UTF8.self))
    guard comment != nil || text.isEmpty else { throw .malformed }
    return Session(flow: flow, comment: comment, begin: begin)
  }
}

extension WireWriter {
  fileprivate mutating func plain(_ address: IPAddress) {
    switch address {
    case .v4(let four): u32(four.value)
    case .v6(let six): put(six.bytes)
    }
  }
}

extension WireReader {
  fileprivate mutating func plain(_ family: AddressFamily) throws(WireError) -> IPAddress {
    switch family {
    case .ipv4: .v4(IPv4Address(try u32()))
    case .ipv6: .v6(IPv6Address(try bytes16()))
    }
  }
}
