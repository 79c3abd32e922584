// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

/// Finds actions by name.
struct ActionDirectory {
  private let indices: [Name: Int]
  private let names: [String]
  private let services: Set<Int>
  /// The actions that a user may start; nil where that is not asked.
  private var permitted: Set<Int>?

  init(_ actions: [Configuration.Action]) {
    indices = Dictionary(zip(actions.map(\.name.value), actions.indices)) { first, _ in first }
    names = actions.map(\.name.value.description)
    services = Set(actions.indices.filter { actions[$0].service != nil })
  }

  /// For the keys of a user: only what he may start.
  func limited(to permitted: [Int]) -> ActionDirectory {
    var directory = self
    directory.permitted = Set(permitted)
    return directory
  }

  /// The actions that a key names, in their order; services are none.
  func indices(_ section: inout Section, _ key: String, atMost limit: Int = TableLimits.actionsPerEvent) -> [Int] {
    (section.texts(key, .name, 1...limit) ?? []).compactMap { index(of: $0, isService: false, section) }
  }

  func service(_ section: inout Section, _ key: String) -> Int? {
    section.text(key, .name).flatMap { index(of: $0, isService: true, section) }
  }

  /// Nil after a complaint.
  func index(of action: Located<Name>, isService: Bool, _ section: Section) -> Int? {
    let name = action.value.description
    guard let index = indices[action.value] else {
      section.complain("unknown action \(name.quoted)" + Spelling.hint(for: name, among: names), at: action.position)
      return nil
    }
    guard services.contains(index) == isService else {
      section.complain(
        isService
          ? "actions.\(name) serves nothing: \"service\" names an action with \"serve\""
          : "actions.\(name) serves connections: name it as a door's \"service\"", at: action.position)
      return nil
    }
    if let permitted, !permitted.contains(index) {
      section.complain("the user's \"actions\" do not name \(name.quoted)", at: action.position)
    }
    return index
  }
}

extension DoorActions {
  /// `on-open`, `on-close` and `service` of a door.
  init(_ section: inout Section, _ directory: ActionDirectory) {
    self.init(
      onOpen: directory.indices(&section, "on-open"), onClose: directory.indices(&section, "on-close"),
      service: directory.service(&section, "service"))
  }
}
