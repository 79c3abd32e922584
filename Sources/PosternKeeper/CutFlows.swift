// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Flows that were cut and that the kernel still stops, a bounded number: a new lease of the same user lets such a flow begin anew.
struct CutFlows: Sendable {
  /// What is forgotten here is stopped as long as the kernel remembers it.
  private static let limit = 4096

  struct Entry: Sendable {
    var flow: Flow
    /// Nil for one that an earlier keeper cut.
    var user: Name?
  }

  private var entries: [FlowTuple: Entry] = [:]

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ flow: Flow, user: Name?) {
    guard entries.count < Self.limit else { return }
    entries[flow.tuple] = Entry(flow: flow, user: user)
  }

  mutating func remove(_ tuple: FlowTuple) { entries[tuple] = nil }

  /// Takes out those that pass.
  mutating func take(where passes: (Entry) -> Bool) -> [Flow] {
    let flows = entries.values.filter(passes).map(\.flow)
    for flow in flows { entries[flow.tuple] = nil }
    return flows
  }
}
