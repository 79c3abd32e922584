// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternSets
import PosternTables
import PosternWire

/// The sets of all doors, in the kernel: changes go in, what stands there comes out.
struct DoorSets: ~Copyable {
  private var catalog: SetCatalog
  private var socket: NftSocket
  private var batch = SetBatch()
  /// Which set each name meant when it was last looked at; nil for one that was not there.
  private(set) var identities: [SetIdentity?]

  init(_ catalog: SetCatalog) throws(SetError) {
    self.catalog = catalog
    socket = try NftSocket()
    identities = catalog.sets.map { _ in nil }
    for set in catalog.sets.indices { identify(set) }
  }

  /// Goes over to another configuration's sets.
  mutating func succeed(_ catalog: SetCatalog) {
    self.catalog = catalog
    identities = catalog.sets.map { _ in nil }
    for set in catalog.sets.indices { identify(set) }
  }

  /// Events of our own transactions carry this.
  var portID: UInt32 { socket.portID }

  /// The places in the catalog of the set with this name.
  func indices(of set: KeeperTables.SetReference) -> [Int] { catalog.sets.indices.filter { catalog.sets[$0].reference == set } }

  /// Remembers which set this name means now.
  mutating func identify(_ set: Int) { identities[set] = try? socket.identity(of: catalog.sets[set].reference) }

  /// Applies the changes of one wake-up in one transaction; answers what the kernel refused, by place.
  mutating func apply(_ changes: [SetChange]) -> [Int: Denial] {
    guard !changes.isEmpty else { return [:] }
    batch.removeAll()
    var failures: [Int: Denial] = [:]
    for (index, change) in changes.enumerated() where !add(change, tag: index) { failures[index] = .kernelRefused }
    for outcome in socket.commit(batch) {
      if case .refused(let error) = outcome.effect { failures[outcome.tag] = error.denial }
    }
    return failures
  }

  private mutating func add(_ change: SetChange, tag: Int) -> Bool {
    let set = catalog.sets[change.element.set].reference
    let key = ElementKey(change.element.address, change.element.service)
    switch change {
    case .put(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return false }
      batch.put(SetElement(key: key, timeout: timeout, comment: ElementComment(comment)), in: set, tag: tag)
    case .remove: batch.remove(key, from: set, tag: tag)
    case .giveBack(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return false }
      batch.put(SetElement(key: key, timeout: timeout, comment: comment.flatMap { ElementComment($0) }), in: set, tag: tag)
    }
    return true
  }

  /// What stands in set `index` now. Elements whose key no door of ours can have are left out: they are nobody's business here.
  ///
  /// Two dumps are taken together: one can miss elements while the kernel's hash table grows under it.
  mutating func found(in index: Int) throws(SetError) -> [FoundElement] {
    var found: [DoorElement: FoundElement] = [:]
    for _ in 0..<2 {
      for listed in try socket.elements(of: catalog.sets[index].reference).elements {
        guard let element = Self.element(listed.key, set: index) else { continue }
        found[element] = FoundElement(element: element, remaining: listed.remaining, comment: listed.comment)
      }
    }
    return Array(found.values)
  }

  /// What the kernel said of an element in the set with this name.
  func found(_ listed: ListedElement, in set: KeeperTables.SetReference) -> [FoundElement] {
    indices(of: set).compactMap { index in
      Self.element(listed.key, set: index).map {
        FoundElement(element: $0, remaining: listed.remaining ?? listed.timeout, comment: listed.comment)
      }
    }
  }

  /// Whether the element stands in its set now.
  mutating func holds(_ element: DoorElement) -> Bool {
    let key = ElementKey(element.address, element.service)
    return (try? socket.element(key, of: catalog.sets[element.set].reference)) != nil
  }

  private static func element(_ key: ElementKey, set: Int) -> DoorElement? {
    guard let parts = key.parts, let transport = TransportProtocol(rawValue: parts.transport), let port = Port(parts.port) else {
      return nil
    }
    return DoorElement(set: set, address: parts.address, service: Service(transport, port))
  }

  /// What is wrong with the sets, in the operator's words; `demand` is what all users together may put into each.
  mutating func complaints(demand: [UInt64]) -> [String] {
    catalog.sets.indices.compactMap { index in
      let entry = catalog.sets[index]
      guard let trouble = trouble(entry, demand: demand[index]) else { return nil }
      return "set \(entry.reference): \(trouble)"
    }
  }

  /// Why set `index` takes no leases now, in the operator's words; nil when it does.
  mutating func misfit(of index: Int) -> String? {
    let entry = catalog.sets[index]
    do {
      try socket.definition(of: entry.reference).checkSuits(entry.family)
      return nil
    } catch {
      return "set \(entry.reference): \(error)"
    }
  }

  /// What the kernel says of each set, by its place in the catalog.
  mutating func states(demand: [UInt64]) -> [Report.SetState] {
    catalog.sets.indices.map { index in
      let entry = catalog.sets[index]
      let definition = try? socket.definition(of: entry.reference)
      return Report.SetState(size: definition?.size, trouble: trouble(entry, demand: demand[index]))
    }
  }

  private mutating func trouble(_ entry: SetCatalog.Entry, demand: UInt64) -> String? {
    do {
      let definition = try socket.definition(of: entry.reference)
      try definition.checkSuits(entry.family)
      guard let size = definition.size, UInt64(size) < demand else { return nil }
      return "it holds \(size) elements, but the users may have \(demand) open together: raise its size or lower leases-per-door"
    } catch {
      return "\(error)"
    }
  }
}
