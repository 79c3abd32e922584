// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
package import PosternTables
import PosternWire

/// What would be done to one element of a door's set.
package struct ElementChange: Hashable, Sendable {
  package enum Action: String, Hashable, Sendable {
    case put
    case remove
    /// It lasts at least as long already, for another lease or by somebody else's hand.
    case keep
    /// Nothing, for the user is only watched.
    case withhold
  }

  package let action: Action
  package let set: KeeperTables.SetReference
  /// As nft writes it.
  package let key: String
  package let milliseconds: UInt64?
  package let comment: String?

  init(_ change: SetChange, _ catalog: SetCatalog) {
    switch change {
    case .put(let element, let milliseconds, let comment), .add(let element, let milliseconds, let comment):
      self.init(.put, element, catalog, milliseconds, comment.description)
    case .ban(let element, let milliseconds, let comment):
      self.init(.put, element, catalog, milliseconds, comment.description)
    case .remove(let element): self.init(.remove, element, catalog, nil, nil)
    case .giveBack(let element, let milliseconds, let comment): self.init(.put, element, catalog, milliseconds, comment)
    }
  }

  /// An element that is not touched.
  init(_ action: Action, _ element: DoorElement, _ catalog: SetCatalog) { self.init(action, element, catalog, nil, nil) }

  private init(_ action: Action, _ element: DoorElement, _ catalog: SetCatalog, _ milliseconds: UInt64?, _ comment: String?) {
    self.action = action
    set = catalog.sets[element.set].reference
    key = catalog.nft(element)
    self.milliseconds = milliseconds
    self.comment = comment
  }

  /// Family, table and name.
  package var setText: String { "\(set.family) \(set.table) \(set.set)" }
}
