// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

/// The body of a message about elements: whose they are and what they are.
struct ElementList {
  private(set) var set: KeeperTables.SetReference
  private(set) var elements: [ListedElement] = []

  /// Nil for a table of another family (arp, bridge, netdev) or a message without names.
  init?(_ message: MessageCursor.Message, in datagram: RawSpan) {
    guard let family = message.family(in: datagram).flatMap(KeeperTables.SetReference.Family.init(rawValue:)) else { return nil }
    set = KeeperTables.SetReference(family: family, table: "", set: "")
    var cursor = message.attributes
    while let attribute = cursor.next(in: datagram) {
      switch attribute.type {
      case NftConstants.listTable: set.table = attribute.text(in: datagram)
      case NftConstants.listSet: set.set = attribute.text(in: datagram)
      case NftConstants.listElements: append(attribute.nested, in: datagram)
      default: continue
      }
    }
    guard set.isPossible else { return nil }
  }

  private mutating func append(_ items: AttributeCursor, in datagram: RawSpan) {
    var cursor = items
    while let item = cursor.next(in: datagram) {
      if item.type == NftConstants.listItem, let element = ListedElement(item, in: datagram) { elements.append(element) }
    }
  }
}
