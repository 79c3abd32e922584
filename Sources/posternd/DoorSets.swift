// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternSets
import PosternTables
import PosternWire

/// The sets of all doors, in the kernel: changes go in, what stands there comes out.
///
/// A set is written only in the layout in which it was last seen. One that was missing or does not suit is looked at again before
/// anything else is wanted of it: ``lookAgain()``.
struct DoorSets: ~Copyable {
  private let catalog: SetCatalog
  private var socket: NftSocket
  private var batch = SetBatch()
  private var sights: [Result<SetLayout, SetTrouble>]

  /// Opens the socket and looks at each set.
  init(_ catalog: SetCatalog) throws(SetError) {
    self.catalog = catalog
    sights = catalog.sets.map { _ in .failure(.kernel(.missing)) }
    socket = try NftSocket()
    look()
  }

  // MARK: Layouts

  /// How the keys of each set are made, by its place in the catalog; nil for a set that is missing or does not suit. For ``Keeper/take(_:)``.
  var layouts: [SetLayout?] { sights.map { try? $0.get() } }

  /// Reads how every set is declared now, after somebody changed the ruleset.
  mutating func look() {
    for index in sights.indices { sights[index] = sight(index) }
  }

  /// Reads how the sets are declared that were missing or did not suit; true when one has become usable.
  mutating func lookAgain() -> Bool {
    var isBetter = false
    for index in sights.indices where sights[index].isFailure {
      sights[index] = sight(index)
      if !sights[index].isFailure { isBetter = true }
    }
    return isBetter
  }

  private mutating func sight(_ index: Int) -> Result<SetLayout, SetTrouble> {
    do throws(SetError) {
      return try socket.definition(of: catalog.sets[index].reference).sight(for: catalog.sets[index])
    } catch {
      return .failure(.kernel(error))
    }
  }

  // MARK: Changes

  /// Applies the changes of one wake-up in one transaction; answers what the kernel refused, by place.
  mutating func apply(_ changes: [SetChange]) -> [Int: Denial] {
    guard !changes.isEmpty else { return [:] }
    batch.removeAll()
    var failures: [Int: Denial] = [:]
    for (index, change) in changes.enumerated() {
      if let denial = add(change, tag: index) { failures[index] = denial }
    }
    for outcome in socket.commit(batch) {
      guard case .refused(let error) = outcome.effect else { continue }
      failures[outcome.tag] = error.denial
      // It is not what it was: somebody deleted or replaced it.
      if error == .missing || error == .unsuited { sights[changes[outcome.tag].element.set] = .failure(.kernel(error)) }
    }
    return failures
  }

  /// Nil when the change is in the batch.
  private mutating func add(_ change: SetChange, tag: Int) -> Denial? {
    let set = catalog.sets[change.element.set].reference
    let layout: SetLayout
    switch sights[change.element.set] {
    case .success(let seen): layout = seen
    case .failure(let trouble): return trouble.denial
    }
    guard let key = ElementKey(change.element.parts, layout) else { return .setUnsuited }
    switch change {
    case .put(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return .kernelRefused }
      batch.put(SetElement(key: key, timeout: timeout, comment: ElementComment(comment)), in: set, tag: tag)
    case .remove: batch.remove(key, from: set, tag: tag)
    case .giveBack(_, let milliseconds, let comment):
      guard let timeout = Milliseconds(milliseconds) else { return .kernelRefused }
      batch.put(SetElement(key: key, timeout: timeout, comment: comment.flatMap { ElementComment($0) }), in: set, tag: tag)
    }
    return nil
  }

  /// What stands in set `index` now. Elements whose key no door of ours can have are left out: they are nobody's business here.
  ///
  /// Two dumps are taken together: one can miss elements while the kernel's hash table grows under it.
  mutating func found(in index: Int) throws(SetTrouble) -> [FoundElement] {
    let layout = try sights[index].get()
    var found: [DoorElement: FoundElement] = [:]
    for _ in 0..<2 {
      for listed in try listed(in: index) {
        guard let parts = listed.key.parts(layout) else { continue }
        let element = DoorElement(set: index, parts: parts)
        found[element] = FoundElement(element: element, remaining: listed.remaining, comment: listed.comment)
      }
    }
    return Array(found.values)
  }

  private mutating func listed(in index: Int) throws(SetTrouble) -> [ListedElement] {
    do throws(SetError) {
      return try socket.elements(of: catalog.sets[index].reference).elements
    } catch {
      throw .kernel(error)
    }
  }

  // MARK: Troubles

  /// What is wrong with the sets, in the operator's words; `rules` say what the doors want of them.
  mutating func complaints(_ rules: GrantRules) -> [String] {
    let demand = rules.demand()
    return catalog.sets.indices.flatMap { index in
      troubles(index, rules.catalog, demand: demand[index]).map { "set \(catalog.sets[index].reference): \($0)" }
    }
  }

  private mutating func troubles(_ index: Int, _ catalog: SetCatalog, demand: UInt64) -> [String] {
    do throws(SetError) {
      let definition = try socket.definition(of: catalog.sets[index].reference)
      if case .failure(let trouble) = definition.sight(for: catalog.sets[index]) { return ["\(trouble)"] }
      guard let size = definition.size, UInt64(size) < demand else { return catalog.misfits(of: index) }
      return catalog.misfits(of: index) + [
        "it holds \(size) elements, but the users may have \(demand) open together: raise its size or lower leases-per-door"
      ]
    } catch {
      return ["\(error)"]
    }
  }
}

/// Why nothing can be written into a set of a door.
enum SetTrouble: Error, Hashable, Sendable, CustomStringConvertible {
  case kernel(SetError)
  case misfit(SetMisfit)

  var denial: Denial {
    switch self {
    case .kernel(let error): error.denial
    case .misfit: .setUnsuited
    }
  }

  var description: String {
    switch self {
    case .kernel(let error): "\(error)"
    case .misfit(let misfit): "\(misfit)"
    }
  }
}

extension SetDefinition {
  fileprivate func sight(for entry: SetCatalog.Entry) -> Result<SetLayout, SetTrouble> {
    do throws(SetMisfit) {
      return .success(try layout(entry.family, key: entry.key, prefix: entry.prefix))
    } catch {
      return .failure(.misfit(error))
    }
  }
}

extension Result {
  fileprivate var isFailure: Bool {
    switch self {
    case .success: false
    case .failure: true
    }
  }
}
