// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
package import PosternTables
import PosternWire

/// Which set of a name it is: a set that was deleted and made again is another, whatever its name.
package struct SetIdentity: Hashable, Sendable {
  /// NFTA_TABLE_HANDLE, never given twice in a network namespace, and NFTA_SET_HANDLE, never given twice in a table.
  package let table: UInt64
  package let set: UInt64
}

extension NftSocket {
  /// The element of this key as it stands there now; nil when there is none, or no longer.
  package mutating func element(
    _ key: ElementKey, of set: KeeperTables.SetReference
  ) throws(SetError) -> ListedElement? {
    guard set.isPossible else { throw .missing }
    let sequence = reserveSequence(1)
    outgoing.removeAll()
    outgoing.question(key, in: set, sequence: sequence)
    return try ask(sequence, about: set) { message, datagram in
      guard message.type == NftConstants.messageType(NftConstants.newElement) else { return nil }
      return ElementList(message, in: datagram)?.elements.first { $0.key == key }
    }
  }

  package mutating func identity(of set: KeeperTables.SetReference) throws(SetError) -> SetIdentity {
    guard set.isPossible else { throw .missing }
    let table = try handle(
      NftConstants.getTable, NftConstants.newTable, attribute: NftConstants.tableHandle, of: set,
      names: (NftConstants.tableName, nil))
    let number = try handle(
      NftConstants.getSet, NftConstants.newSet, attribute: NftConstants.setHandle, of: set,
      names: (NftConstants.setTable, NftConstants.setName))
    return SetIdentity(table: table, set: number)
  }

  private mutating func handle(
    _ question: UInt16, _ answer: UInt16, attribute wanted: UInt16, of set: KeeperTables.SetReference,
    names: (table: UInt16, set: UInt16?)
  ) throws(SetError) -> UInt64 {
    let sequence = reserveSequence(1)
    outgoing.removeAll()
    outgoing.request(question, flags: 0, sequence: sequence, set: set, table: names.table, name: names.set)
    let handle = try ask(sequence, about: set) { message, datagram -> UInt64? in
      guard message.type == NftConstants.messageType(answer) else { return nil }
      var cursor = message.attributes
      while let attribute = cursor.next(in: datagram) {
        if attribute.type == wanted { return attribute.u64(in: datagram) }
      }
      return nil
    }
    guard let handle else { throw .missing }
    return handle
  }

  /// Sends the question and waits for its answer; nil for an element that is not there, and for an answer that `read` finds nothing in.
  private mutating func ask<Answer>(
    _ sequence: UInt32, about set: KeeperTables.SetReference, _ read: (MessageCursor.Message, RawSpan) -> Answer?
  ) throws(SetError) -> Answer? {
    try descriptor.send(outgoing)
    while true {
      let answer = try receive { datagram in
        Self.message(sequence, in: datagram).map { message in
          Acknowledgement(message, in: datagram).map { Self.refused($0, set) } ?? .success(read(message, datagram))
        }
      }
      if let answer { return try answer.get() }
    }
  }

  private static func message(_ sequence: UInt32, in datagram: RawSpan) -> MessageCursor.Message? {
    var cursor = MessageCursor()
    while let message = cursor.next(in: datagram) {
      if message.sequence == sequence { return message }
    }
    return nil
  }

  /// Where the kernel finds fault with the element, the set is there.
  private static func refused<Answer>(
    _ refusal: Acknowledgement, _ set: KeeperTables.SetReference
  ) -> Result<Answer?, SetError> {
    let isElement = refusal.badAttribute.map { $0 >= set.elementsOffset } ?? false
    return refusal.errno == ENOENT && isElement ? .success(nil) : .failure(SetError(errno: refusal.errno))
  }
}
