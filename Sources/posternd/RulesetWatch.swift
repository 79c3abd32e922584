// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternSets
import PosternTables

/// Hears what others do to the ruleset, and gathers one transaction of theirs after another.
struct RulesetWatch: ~Copyable {
  /// What one transaction did to named sets, of ours or not.
  struct Transaction {
    var author = ForeignChange.Author.unknown
    var lost: [KeeperTables.SetReference] = []
    var made: [KeeperTables.SetReference] = []
    var deleted: [Element] = []
    var written: [Element] = []

    var isEmpty: Bool { lost.isEmpty && made.isEmpty && deleted.isEmpty && written.isEmpty }

  }

  struct Element {
    var set: KeeperTables.SetReference
    var element: ListedElement
  }

  /// What there is to do next.
  enum Finding {
    case transaction(Transaction)
    /// Events were lost: only a look at every set tells what happened.
    case overrun
  }

  /// Findings of one wake-up, so that grants get their turn.
  static let patience = 64

  private var events: SetEvents
  private var gathered = Transaction()
  private var waiting: [Finding] = []

  /// Own transactions, those of the socket `own`, are not heard.
  init(ignoring own: UInt32) throws(SetError) { events = try SetEvents(ignoring: own) }

  var fileDescriptor: Int32 { events.fileDescriptor }

  /// The next finding; nil when nothing more waits. What happens to sets that are not in the catalog is passed over.
  mutating func next(among catalog: SetCatalog) throws(SetError) -> Finding? {
    while waiting.isEmpty {
      guard let some = try events.next() else { return nil }
      let names = Set(catalog.sets.map(\.reference))
      for event in some { take(event, names) }
    }
    return waiting.removeFirst()
  }

  private mutating func take(_ event: SetEvent, _ names: Set<KeeperTables.SetReference>) {
    switch event {
    case .newElement(let set, let element, _):
      if names.contains(set) { gathered.written.append(Element(set: set, element: element)) }
    case .deletedElement(let set, let element, _):
      if names.contains(set) { gathered.deleted.append(Element(set: set, element: element)) }
    case .newSet(let set, _): if names.contains(set) { gathered.made.append(set) }
    case .deletedSet(let set, _): if names.contains(set) { lose(set) }
    case .deletedTable(let family, let table, _):
      for set in names where set.family == family && set.table == table { lose(set) }
    case .newTable: break
    case .newGeneration(let process, let program, _): close(.init(program: program, process: process))
    case .overrun:
      gathered = Transaction()
      waiting.append(.overrun)
    }
  }

  /// Whatever was written or made before, in the same transaction, went with the set.
  private mutating func lose(_ set: KeeperTables.SetReference) {
    gathered.lost.append(set)
    gathered.made.removeAll { $0 == set }
    gathered.written.removeAll { $0.set == set }
  }

  private mutating func close(_ author: ForeignChange.Author) {
    guard !gathered.isEmpty else { return }
    gathered.author = author
    waiting.append(.transaction(gathered))
    gathered = Transaction()
  }
}
