// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// What starts with a lease of a door and what starts when it is over, by the place in ``KeeperTables/actions``.
package struct DoorActions: Hashable, Sendable {
  package var onOpen: [Int]
  package var onClose: [Int]
  /// A service that listens for the lease's time.
  package var service: Int?

  package init(onOpen: [Int] = [], onClose: [Int] = [], service: Int? = nil) {
    self.onOpen = onOpen
    self.onClose = onClose
    self.service = service
  }

  package var isEmpty: Bool { self == DoorActions() }
}

extension DoorActions {
  init(_ reader: inout WireReader, actions: Int) throws(WireError) {
    self.init(
      onOpen: try reader.actions(below: actions), onClose: try reader.actions(below: actions),
      service: try reader.optional { (reader) throws(WireError) in try reader.index(below: actions) })
  }

  func put(to writer: inout WireWriter) {
    writer.list(onOpen) { $0.index($1) }
    writer.list(onClose) { $0.index($1) }
    writer.optional(service) { $0.index($1) }
  }
}

extension WireReader {
  /// What one event starts.
  mutating func actions(below count: Int) throws(WireError) -> [Int] {
    try list(0...TableLimits.actionsPerEvent) { (reader) throws(WireError) in try reader.index(below: count) }
  }
}
