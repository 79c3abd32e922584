// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Makes one tree of several: a table may be spread over files, a key may not stand in two.
///
/// Time is linear in all trees together, however many files add to one table.
struct TomlMerge {
  private static let users = "users"

  private let root: Table
  private let complaints: Complaints

  /// A table that further files may add to.
  private final class Table {
    let position: ConfigPosition
    private(set) var entries: [Entry] = []
    private var places: [String: Int] = [:]

    init(at position: ConfigPosition) { self.position = position }

    subscript(key: String) -> Entry? { places[key].map { entries[$0] } }

    func append(_ entry: Entry) {
      places[entry.key] = entries.count
      entries.append(entry)
    }

    var node: TomlNode { TomlNode(kind: .table(entries.map(\.node)), position: position) }
  }

  private struct Entry {
    enum Content {
      case table(Table)
      case value(TomlNode)
    }

    let key: String
    let position: ConfigPosition
    let content: Content

    var node: TomlNode.Entry {
      switch content {
      case .table(let table): TomlNode.Entry(key: key, keyPosition: position, node: table.node)
      case .value(let node): TomlNode.Entry(key: key, keyPosition: position, node: node)
      }
    }
  }

  /// `start` is where the whole tree says that it stands.
  init(at start: ConfigPosition, _ complaints: Complaints) {
    root = Table(at: start)
    self.complaints = complaints
  }

  /// The tree of everything that was added.
  var tree: TomlNode { root.node }

  /// Adds what one file holds.
  func add(_ file: TomlNode, as part: ConfigText.Part) {
    guard case .table(let entries) = file.kind else { return }
    switch part {
    case .tables: add(entries, to: root)
    case .user(let name): add(file, user: name)
    }
  }

  /// A user who has a file of his own may stand in no other.
  private func add(_ file: TomlNode, user name: Name) {
    let name = name.description
    if case .table(let users)? = root[Self.users]?.content, let other = users[name] {
      complaints.add("the user \(name.quoted) stands already at \(other.position)", at: file.position)
      return
    }
    let user = TomlNode.Entry(key: name, keyPosition: file.position, node: file)
    let users = TomlNode(kind: .table([user]), position: file.position)
    add([TomlNode.Entry(key: Self.users, keyPosition: file.position, node: users)], to: root)
  }

  private func add(_ entries: [TomlNode.Entry], to table: Table) {
    for entry in entries {
      switch (table[entry.key]?.content, entry.node.kind) {
      case (nil, .table(let children)):
        let new = Table(at: entry.node.position)
        table.append(Entry(key: entry.key, position: entry.keyPosition, content: .table(new)))
        add(children, to: new)
      case (nil, _): table.append(Entry(key: entry.key, position: entry.keyPosition, content: .value(entry.node)))
      case (.table(let present), .table(let children)): add(children, to: present)
      case (.table, _), (.value, _): complainAboutSecond(entry, in: table)
      }
    }
  }

  private func complainAboutSecond(_ entry: TomlNode.Entry, in table: Table) {
    guard let first = table[entry.key] else { return }
    complaints.add("\(entry.key.quoted) stands already at \(first.position)", at: entry.keyPosition)
  }
}
