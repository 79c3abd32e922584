// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternSets
import PosternTables

/// The sets of all doors, in the kernel: changes go in, what stands there comes out.
///
/// A set is written and read in the layout in which it was last looked at, and not at all while it is missing or does not suit.
struct DoorSets: ~Copyable {
  private var catalog: SetCatalog
  private var socket: NftSocket
  private var batch = SetBatch()
  private var sights: [Sight]

  /// What was seen of a set when it was last looked at.
  private struct Sight {
    /// Which set the name meant; nil for one that was not there.
    var identity: SetIdentity?
    var layout: Result<SetLayout, SetTrouble>
  }

  /// Opens the socket; ``look()`` comes next.
  init(_ catalog: SetCatalog) throws(SetError) {
    self.catalog = catalog
    sights = Self.unseen(catalog)
    socket = try NftSocket()
  }

  /// Goes over to another configuration's sets.
  mutating func succeed(_ catalog: SetCatalog) {
    self.catalog = catalog
    sights = Self.unseen(catalog)
    look()
  }

  private static func unseen(_ catalog: SetCatalog) -> [Sight] {
    catalog.sets.map { _ in Sight(layout: .failure(.kernel(.missing))) }
  }

  /// Events of our own transactions carry this.
  var portID: UInt32 { socket.portID }

  /// The places in the catalog of the set with this name.
  func indices(of set: KeeperTables.SetReference) -> [Int] { catalog.sets.indices.filter { catalog.sets[$0].reference == set } }

  // MARK: Looking

  /// Looks at every set.
  mutating func look() { for set in sights.indices { look(at: set) } }

  /// Remembers which set the name means now, and how it is declared.
  mutating func look(at set: Int) {
    let entry = catalog.sets[set]
    let identity = try? socket.identity(of: entry.reference)
    sights[set] = Sight(identity: identity, layout: definition(of: entry).flatMap { $0.layout(for: entry) })
  }

  private mutating func definition(of entry: SetCatalog.Entry) -> Result<SetDefinition, SetTrouble> {
    do throws(SetError) {
      return .success(try socket.definition(of: entry.reference))
    } catch {
      return .failure(.kernel(error))
    }
  }

  /// Which set each name meant when it was last looked at; nil for one that was not there.
  var identities: [SetIdentity?] { sights.map(\.identity) }

  /// How the keys of each set are made, by its place in the catalog; nil for a set that is missing or does not suit.
  var layouts: [SetLayout?] { sights.map { try? $0.layout.get() } }

  /// The same for the sets of another configuration, which is not in force yet.
  mutating func layouts(in other: SetCatalog) -> [SetLayout?] {
    other.sets.map { entry in try? definition(of: entry).flatMap { $0.layout(for: entry) }.get() }
  }

  // MARK: Changes

  /// Applies the changes of one wake-up in one transaction; answers what the kernel refused, by place.
  mutating func apply(_ changes: [SetChange], standing: Set<DoorElement> = []) -> [Int: Denial] {
    guard !changes.isEmpty else { return [:] }
    batch.removeAll()
    var failures: [Int: Denial] = [:]
    let bonds = Bonds(changes)
    if !bonds.isEmpty {
      for (index, change) in changes.enumerated() { failures[index] = trouble(change) }
      bonds.spread(&failures)
    }
    for (index, change) in changes.enumerated() where failures[index] == nil {
      failures[index] = add(change, tag: index, stands: standing.contains(change.element), bond: bonds[index])
    }
    for outcome in socket.commit(batch) {
      if case .refused(let error) = outcome.effect { failures[outcome.tag] = error.denial }
    }
    return failures
  }

  /// Why the change cannot be asked of the kernel.
  private func trouble(_ change: SetChange) -> Denial? {
    switch sights[change.element.set].layout {
    case .success(let layout): ElementKey(change.element.parts, layout) == nil ? .setUnsuited : nil
    case .failure(let trouble): trouble.denial
    }
  }

  /// Nil when the change is in the batch.
  private mutating func add(_ change: SetChange, tag: Int, stands: Bool, bond: Int?) -> Denial? {
    let layout: SetLayout
    switch sights[change.element.set].layout {
    case .success(let seen): layout = seen
    case .failure(let trouble): return trouble.denial
    }
    guard let key = ElementKey(change.element.parts, layout) else { return .setUnsuited }
    let data = change.element.target.map { ElementData($0) }
    let set = catalog.sets[change.element.set].reference
    switch change {
    case .put(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return .kernelRefused }
      let new = SetElement(key: key, timeout: timeout, comment: ElementComment(comment), data: data)
      batch.put(new, in: set, tag: tag, stands: stands, bond: bond)
    case .add(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return .kernelRefused }
      let new = SetElement(key: key, timeout: timeout, comment: ElementComment(comment), data: data)
      batch.add(new, to: set, tag: tag, bond: bond)
    case .ban(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return .kernelRefused }
      let new = SetElement(key: key, timeout: timeout, comment: ElementComment(comment.description), data: data)
      batch.put(new, in: set, tag: tag, stands: stands, bond: bond)
    case .remove: batch.remove(key, from: set, tag: tag)
    case .giveBack(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return .kernelRefused }
      let old = SetElement(key: key, timeout: timeout, comment: comment.flatMap { ElementComment($0) }, data: data)
      batch.put(old, in: set, tag: tag, stands: true)
    }
    return nil
  }

  // MARK: Elements

  /// What stands in a set now. Elements whose key no door of ours can have are left out: they are nobody's business here.
  ///
  /// Two dumps are taken together: one can miss elements while the kernel's hash table grows under it.
  mutating func found(in set: Int) throws(SetTrouble) -> [FoundElement] {
    _ = try sights[set].layout.get()
    var found: [DoorElement: FoundElement] = [:]
    for _ in 0..<2 {
      for listed in try listed(in: set) {
        guard let element = element(listed, set: set) else { continue }
        found[element] = FoundElement(element: element, remaining: listed.remaining, comment: listed.comment)
      }
    }
    return Array(found.values)
  }

  private mutating func listed(in set: Int) throws(SetTrouble) -> [ListedElement] {
    do throws(SetError) {
      return try socket.elements(of: catalog.sets[set].reference).elements
    } catch {
      throw .kernel(error)
    }
  }

  /// What the kernel said of an element in the set with this name.
  func found(_ listed: ListedElement, in set: KeeperTables.SetReference) -> [FoundElement] {
    indices(of: set).compactMap { index in
      element(listed, set: index).map {
        FoundElement(element: $0, remaining: listed.remaining ?? listed.timeout, comment: listed.comment)
      }
    }
  }

  /// The milliseconds until the kernel lets go of an element; nil when it does not stand there, or has no end.
  mutating func remaining(_ element: DoorElement) -> UInt64? { standing(element)?.remaining }

  /// Whether the element stands in its set now.
  mutating func holds(_ element: DoorElement) -> Bool { standing(element) != nil }

  private mutating func standing(_ element: DoorElement) -> ListedElement? {
    guard let layout = try? sights[element.set].layout.get(), let key = ElementKey(element.parts, layout) else { return nil }
    guard let listed = (try? socket.element(key, of: catalog.sets[element.set].reference)) ?? nil else { return nil }
    return element == self.element(listed, set: element.set) ? listed : nil
  }

  /// Nil for what no door can have there, in a map also for a target that is none.
  private func element(_ listed: ListedElement, set: Int) -> DoorElement? {
    guard let layout = try? sights[set].layout.get(), let parts = listed.key.parts(layout) else { return nil }
    guard let form = catalog.sets[set].data else { return DoorElement(set: set, parts: parts) }
    return listed.data?.target(form, catalog.sets[set].family).map { DoorElement(set: set, parts: parts, target: $0) }
  }

  // MARK: Troubles

  /// What is wrong with the sets, in the operator's words; `rules` say what the doors want of them.
  mutating func complaints(_ rules: GrantRules) -> [String] {
    let demand = rules.demand()
    return catalog.sets.indices.flatMap { set in
      troubles(set, rules.catalog, demand: demand[set]).map { "set \(catalog.sets[set].reference): \($0)" }
    }
  }

  private mutating func troubles(_ set: Int, _ catalog: SetCatalog, demand: UInt64) -> [String] {
    let found = definition(of: catalog.sets[set])
    if case .failure(let trouble) = found.flatMap({ $0.layout(for: catalog.sets[set]) }) { return ["\(trouble)"] }
    guard let size = (try? found.get())?.size, UInt64(size) < demand else { return catalog.misfits(of: set) }
    return catalog.misfits(of: set) + [
      "it holds \(size) elements, but the users may have \(demand) open together: raise its size or lower leases-per-door"
    ]
  }

  /// What the kernel says of each set, by its place in the catalog.
  mutating func states(_ rules: GrantRules) -> [Report.SetState] {
    let demand = rules.demand()
    return catalog.sets.indices.map { set in
      let definition = try? definition(of: catalog.sets[set]).get()
      return Report.SetState(size: definition?.size, troubles: troubles(set, rules.catalog, demand: demand[set]))
    }
  }

  /// Why the set took no leases when it was last looked at, in the operator's words; nil when it did.
  func misfit(of set: Int) -> String? {
    guard case .failure(let trouble) = sights[set].layout else { return nil }
    return "set \(catalog.sets[set].reference): \(trouble)"
  }
}
