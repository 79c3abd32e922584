// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
package import PosternTables
import PosternWire

/// The elements of a set at one moment.
package struct SetListing: Hashable, Sendable {
  package internal(set) var elements: [ListedElement] = []
  /// There were more elements than the caller wanted to have.
  package internal(set) var isTruncated = false
}

/// Collects the datagrams of one dump.
package struct SetDump: Sendable {
  private let sequence: UInt32
  private let limit: Int
  package private(set) var listing = SetListing()
  /// The errno that the dump ended with; zero is its good end. Nil while more is to come.
  package private(set) var end: Int32?
  /// The set changed while it was walked: elements may be missing or be there twice.
  package private(set) var isInconsistent = false

  package init(sequence: UInt32, limit: Int) {
    self.sequence = sequence
    self.limit = limit
  }

  package mutating func take(_ datagram: RawSpan) {
    var cursor = MessageCursor()
    while end == nil, let message = cursor.next(in: datagram) {
      if message.sequence == sequence { take(message, in: datagram) }
    }
  }

  private mutating func take(_ message: MessageCursor.Message, in datagram: RawSpan) {
    if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isInconsistent = true }
    switch message.type {
    case UInt16(NLMSG_DONE): end = Self.code(message, in: datagram)
    case UInt16(NLMSG_ERROR): end = Acknowledgement(message, in: datagram)?.errno ?? EBADMSG
    case NftConstants.messageType(NftConstants.newElement): append(ElementList(message, in: datagram)?.elements ?? [])
    default: break
    }
  }

  private mutating func append(_ elements: [ListedElement]) {
    let room = limit - listing.elements.count
    listing.elements += elements.prefix(room)
    if elements.count > room { listing.isTruncated = true }
  }

  /// The end of a dump carries a code, zero or less.
  private static func code(_ message: MessageCursor.Message, in datagram: RawSpan) -> Int32 {
    guard message.payload.count >= 4 else { return 0 }
    let code = Int32(bitPattern: datagram.hostU32(at: message.payload.lowerBound))
    return code < 0 && code != .min ? -code : 0
  }
}

extension NftSocket {
  /// Tries of one dump while the set changes under it.
  private static let dumpTries = 10

  /// All elements of a set, foreign ones too, `limit` at most. Costs grow with the square of the set: half a second at 100,000.
  package mutating func elements(
    of set: KeeperTables.SetReference, limit: Int = 1 << 20
  ) throws(SetError) -> SetListing {
    guard set.isPossible else { throw .missing }
    for _ in 1...Self.dumpTries {
      let dump = try dump(set, limit)
      switch dump.end {
      case 0 where !dump.isInconsistent: return dump.listing
      case 0, EINTR: continue
      case let code: throw SetError(errno: code ?? EBADMSG)
      }
    }
    throw .busy
  }

  private mutating func dump(_ set: KeeperTables.SetReference, _ limit: Int) throws(SetError) -> SetDump {
    let sequence = reserveSequence(1)
    outgoing.removeAll()
    outgoing.request(
      NftConstants.getElement, flags: NftConstants.dump, sequence: sequence, set: set, table: NftConstants.listTable,
      name: NftConstants.listSet)
    try descriptor.send(outgoing)
    var dump = SetDump(sequence: sequence, limit: limit)
    while dump.end == nil { try receive { dump.take($0) } }
    return dump
  }
}
