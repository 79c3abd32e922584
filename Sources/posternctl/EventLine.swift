// SPDX-License-Identifier: Apache-2.0
package import PosternControl
internal import PosternKnock

/// One line of the audit for people: when, what, who, where, and then the rest.
package struct EventLine: Sendable {
  private static let shown: Set<String> = ["seq", "run", "boot", "time", "event", "user", "key", "door"]
  private static let kindWidth = EventKind.allCases.map(\.rawValue.count).max() ?? 0

  private let value: JSONValue

  /// Nil for a text that is no event.
  package init?(_ text: String) {
    guard let value = JSONValue(json: text), value["event"]?.string != nil, value["time"]?.string != nil else { return nil }
    self.value = value
  }

  package func passes(_ filter: EventFilter) -> Bool {
    guard let kind = value["event"]?.string.flatMap(EventKind.init(rawValue:)),
      let time = value["time"]?.string.flatMap({ Timestamp(rfc3339: $0) })
    else { return filter == EventFilter() }
    return filter.admits(kind, user: name("user"), door: name("door"), at: time)
  }

  package var text: String {
    let kind = value.cell("event")
    let padding = String(repeating: " ", count: max(0, Self.kindWidth - kind.count))
    return ([value.cell("time"), kind + padding] + holder + door + rest).joined(separator: "  ").withoutControls
  }

  private func name(_ member: String) -> Name? { value[member]?.string.flatMap { Name($0) } }

  private var holder: [String] {
    guard let user = value["user"] else { return [] }
    return [value["key"].map { "\(user.cell)/\($0.cell)" } ?? user.cell]
  }

  private var door: [String] { value["door"].map { [$0.cell] } ?? [] }

  private var rest: [String] {
    guard case .object(let members) = value else { return [] }
    return members.filter { !Self.shown.contains($0.key) }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.cell)" }
  }
}
