// SPDX-License-Identifier: Apache-2.0
package import PosternTables
import PosternWire

/// A change of the ruleset, as NFNLGRP_NFTABLES tells of it. `port` names the socket that caused it (``NftSocket/portID``).
///
/// Neither the end of a timeout nor an `add @set` or `delete @set` in a rule sends one.
package enum SetEvent: Hashable, Sendable {
  /// The end of a transaction, with the thread that did it (a process id only for a main thread) and its name.
  case newGeneration(process: UInt32, program: String, port: UInt32)
  case newElement(KeeperTables.SetReference, ListedElement, port: UInt32)
  case deletedElement(KeeperTables.SetReference, ListedElement, port: UInt32)
  case newSet(KeeperTables.SetReference, port: UInt32)
  case deletedSet(KeeperTables.SetReference, port: UInt32)
  case newTable(family: KeeperTables.SetReference.Family, name: String, port: UInt32)
  case deletedTable(family: KeeperTables.SetReference.Family, name: String, port: UInt32)
  /// The kernel dropped events (ENOBUFS): what is known of the sets is out of date.
  case overrun
}

extension SetEvent {
  /// The events in one datagram; what is not about sets of our families is left out.
  package static func events(in datagram: RawSpan) -> [SetEvent] {
    var events: [SetEvent] = []
    var cursor = MessageCursor()
    while let message = cursor.next(in: datagram) { events += Self.events(message, in: datagram) }
    return events
  }

  private static func events(_ message: MessageCursor.Message, in datagram: RawSpan) -> [SetEvent] {
    let port = message.port
    switch message.type {
    case NftConstants.messageType(NftConstants.newElement):
      return elements(message, in: datagram) { .newElement($0, $1, port: port) }
    case NftConstants.messageType(NftConstants.deleteElement):
      return elements(message, in: datagram) { .deletedElement($0, $1, port: port) }
    case NftConstants.messageType(NftConstants.newSet):
      return set(message, in: datagram).map { [.newSet($0, port: port)] } ?? []
    case NftConstants.messageType(NftConstants.deleteSet):
      return set(message, in: datagram).map { [.deletedSet($0, port: port)] } ?? []
    case NftConstants.messageType(NftConstants.newTable):
      return table(message, in: datagram).map { [.newTable(family: $0.family, name: $0.table, port: port)] } ?? []
    case NftConstants.messageType(NftConstants.deleteTable):
      return table(message, in: datagram).map { [.deletedTable(family: $0.family, name: $0.table, port: port)] } ?? []
    case NftConstants.messageType(NftConstants.newGeneration):
      return [generation(message, in: datagram)]
    default:
      return []
    }
  }

  private static func elements(
    _ message: MessageCursor.Message, in datagram: RawSpan, _ event: (KeeperTables.SetReference, ListedElement) -> SetEvent
  ) -> [SetEvent] {
    guard let list = ElementList(message, in: datagram) else { return [] }
    return list.elements.map { event(list.set, $0) }
  }

  private static func set(_ message: MessageCursor.Message, in datagram: RawSpan) -> KeeperTables.SetReference? {
    names(message, in: datagram, table: NftConstants.setTable, set: NftConstants.setName)
  }

  /// The set's name stays empty.
  private static func table(_ message: MessageCursor.Message, in datagram: RawSpan) -> KeeperTables.SetReference? {
    names(message, in: datagram, table: NftConstants.tableName, set: nil)
  }

  private static func names(
    _ message: MessageCursor.Message, in datagram: RawSpan, table: UInt16, set: UInt16?
  ) -> KeeperTables.SetReference? {
    guard let family = message.family(in: datagram).flatMap(KeeperTables.SetReference.Family.init(rawValue:)) else { return nil }
    var names = KeeperTables.SetReference(family: family, table: "", set: "")
    var cursor = message.attributes
    while let attribute = cursor.next(in: datagram) {
      if attribute.type == table { names.table = attribute.text(in: datagram) }
      if attribute.type == set { names.set = attribute.text(in: datagram) }
    }
    return names
  }

  private static func generation(_ message: MessageCursor.Message, in datagram: RawSpan) -> SetEvent {
    var process: UInt32 = 0
    var program = ""
    var cursor = message.attributes
    while let attribute = cursor.next(in: datagram) {
      if attribute.type == NftConstants.generationProcess { process = attribute.u32(in: datagram) ?? 0 }
      if attribute.type == NftConstants.generationProgram { program = attribute.text(in: datagram) }
    }
    return .newGeneration(process: process, program: program, port: message.port)
  }
}
