// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock

/// A flow that came through a door, and whose lease let it in.
package struct Session: Hashable, Sendable {
  package var flow: Flow
  /// Nil when no lease is known that let it in, such as for a flow that began while no keeper ran.
  package var comment: LeaseComment?
  package var begin: Timestamp
  /// What the rules of a one-shot door noted, and the uptime at which the kernel lets go of it.
  package var element: DoorElement?
  package var elementEnd: UInt64?

  package init(flow: Flow, comment: LeaseComment?, begin: Timestamp) {
    self.flow = flow
    self.comment = comment
    self.begin = begin
  }

  package var id: SessionID { SessionID(flow.id) }

  /// How a session ended.
  package enum Ending: String, Hashable, Sendable {
    /// Both ends closed it, or one reset it.
    case closed
    /// Connection tracking has forgotten it.
    case expired
    case cut
    /// While no keeper ran: when, and how much went through it, is not known.
    case whileDown = "ended-while-down"
  }
}

/// All sessions that are known, a bounded number.
package struct SessionBook: Sendable {
  /// More than a gateway's users have at once; what goes beyond is not followed.
  package static let limit = 16_384

  private var sessions: [FlowTuple: Session] = [:]
  /// Sessions that found no place.
  package private(set) var overlooked: UInt64 = 0
  /// Counts how often a session began or ended.
  package private(set) var turns: UInt64 = 0

  package init() {}

  package var count: Int { sessions.count }
  /// The oldest first.
  package var all: [Session] { sessions.values.sorted { ($0.begin, $0.flow.id) < ($1.begin, $1.flow.id) } }

  package subscript(tuple: FlowTuple) -> Session? { sessions[tuple] }

  package func sessions(of target: SessionTarget) -> [Session] {
    all.filter { session in
      switch target {
      case .user(let name): session.comment?.user == name
      case .lease(let lease): session.comment?.lease == lease
      case .session(let id): session.id == id
      }
    }
  }

  /// Adds or replaces; false when the book is full.
  mutating func put(_ session: Session) -> Bool {
    guard sessions[session.flow.tuple] != nil || sessions.count < Self.limit else {
      overlooked += 1
      return false
    }
    if sessions.updateValue(session, forKey: session.flow.tuple) == nil { turns &+= 1 }
    return true
  }

  @discardableResult
  mutating func remove(_ tuple: FlowTuple) -> Session? {
    turns &+= 1
    return sessions.removeValue(forKey: tuple)
  }

  /// The same sessions with each element at another place; those without a place lose it.
  func moved(_ place: (DoorElement) -> DoorElement?) -> SessionBook {
    var book = self
    for (tuple, session) in sessions { book.sessions[tuple]?.element = session.element.flatMap(place) }
    return book
  }
}
