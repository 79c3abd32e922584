// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternSets

/// Connection tracking as the keeper uses it: it hears of sessions, asks for them and cuts them.
struct FlowWatch: ~Copyable {
  /// Datagrams of one wake-up, so that grants get their turn.
  static let patience = 256
  /// Ends that no event told of are found so often.
  static let period: UInt64 = 30_000_000_000
  /// How long the kernel stops a cut flow, in seconds.
  private static let cutSeconds: UInt32 = 86_400

  let marks: FlowMarks
  private var events: FlowEvents
  private var table: FlowTable

  init(_ marks: FlowMarks) throws(SetError) {
    // First: what happens while the table is read is heard.
    let events = try FlowEvents(marks)
    let table = try FlowTable(marks)
    self.marks = marks
    self.events = events
    self.table = table
  }

  var fileDescriptor: Int32 { events.fileDescriptor }

  mutating func next() throws(SetError) -> [FlowEvent]? { try events.next() }

  /// All sessions, and the flows that were cut.
  mutating func all() throws(SetError) -> [Flow] { try table.flows(limit: 2 * SessionBook.limit) }

  /// The flow with its counters of now, or as it was told where the kernel does not know it any more.
  mutating func latest(_ flow: Flow) -> Flow {
    guard let found = try? table.flow(flow.tuple), found.id == flow.id else { return flow }
    return found
  }

  /// False when there is no such flow any more.
  mutating func cut(_ flow: Flow) throws(SetError) -> Bool { try table.cut(flow.tuple, seconds: Self.cutSeconds) }

  mutating func forget(_ flow: Flow) { _ = try? table.forget(flow) }
}
