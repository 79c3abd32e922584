// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
import PosternWire

/// Sessions: what the kernel tells of flows that came through doors.
extension Keeper {
  /// A flow that bears the mark of a session: it begins one, or something of it has changed.
  package mutating func meet(_ flow: Flow, at now: Moment) -> Work {
    var work = Work()
    if let known = sessions[flow.tuple] {
      guard known.flow.id != flow.id else {
        refresh(known, flow)
        return work
      }
      // The same ports again: the kernel has forgotten the flow before.
      end(known, known.flow, .expired, at: now, &work)
    }
    guard !flow.isOver else { return work }
    let lease = holder(of: flow)
    var session = Session(flow: flow, comment: lease?.comment, begin: flow.start ?? now.wall)
    session.element = lease.flatMap { element(of: flow, at: $0.comment.door) }
    if sessions.put(session) { work.steps.append(.said(.session(session))) }
    // Also where there is no room to remember the session: the door is taken all the same.
    if let lease { take(lease, flow, at: now, &work) }
    return work
  }

  /// When the kernel lets go of what the rules noted of a session.
  package mutating func note(_ tuple: FlowTuple, elementEnd: UInt64?) {
    guard var session = sessions[tuple] else { return }
    session.elementEnd = elementEnd
    _ = sessions.put(session)
  }

  /// The flow is over; its counters, where they are known, are its last.
  package mutating func end(_ flow: Flow, _ ending: Session.Ending, at now: Moment) -> Work {
    var work = Work()
    // The number tells a session from an earlier one with the same ports.
    if let session = sessions[flow.tuple], session.flow.id == flow.id { end(session, flow, ending, at: now, &work) }
    if ending == .expired { cuts.remove(flow.tuple) }
    return work
  }

  /// Sessions that a dump of the kernel's flows does not show any more have ended; others have begun unheard.
  package mutating func reconcile(_ flows: [Flow], _ marks: FlowMarks, at now: Moment) -> Work {
    var work = Work()
    let present = Dictionary(flows.map { ($0.tuple, $0) }) { first, _ in first }
    for session in sessions.all {
      guard let flow = present[session.flow.tuple], flow.id == session.flow.id else {
        end(session, session.flow, .expired, at: now, &work)
        continue
      }
      if marks.isCut(flow.mark) { end(session, flow, .cut, at: now, &work) }
    }
    for flow in flows where marks.isSession(flow.mark) {
      if flow.isOver { append(end(flow, .closed, at: now), &work) } else { append(meet(flow, at: now), &work) }
    }
    return work
  }

  /// The cut flows that a new lease lets in again: the kernel has to forget them.
  package mutating func released(by lease: Lease) -> [Flow] {
    guard !cuts.isEmpty else { return [] }
    var left = cuts
    let flows = left.take { entry in
      (entry.user ?? lease.comment.user) == lease.comment.user
        && lease.elements.contains { admits($0, entry.flow, at: lease.comment.door) }
    }
    cuts = left
    return flows
  }

  /// Takes up what an earlier keeper had open. What is gone has ended meanwhile.
  package mutating func recall(_ earlier: [Session], _ flows: [Flow], _ marks: FlowMarks, at now: Moment) -> Work {
    for flow in flows where marks.isCut(flow.mark) { cuts.add(flow, user: nil) }
    var work = Work()
    let present = Dictionary(flows.map { ($0.tuple, $0) }) { first, _ in first }
    for var session in earlier {
      guard let flow = present[session.flow.tuple], flow.id == session.flow.id, marks.isSession(flow.mark), !flow.isOver else {
        work.steps.append(.said(.sessionEnded(session, .whileDown, at: now.wall)))
        continue
      }
      session.flow = flow
      session.element = session.comment.flatMap { element(of: flow, at: $0.door) }
      _ = sessions.put(session)
    }
    return work
  }

  /// The sessions of users whose time is over and whom the configuration then cuts.
  package func overdue(at now: Timestamp) -> [Session] {
    let users = rules.tables.users.filter { $0.cutsAtEnd && !($0.validity.notAfter.map { now < $0 } ?? true) }.map(\.name)
    guard !users.isEmpty else { return [] }
    return sessions.all.filter { $0.comment.map { users.contains($0.user) } ?? false }
  }

  private func append(_ more: Work, _ work: inout Work) {
    work.changes += more.changes
    work.steps += more.steps
  }

  private mutating func refresh(_ known: Session, _ flow: Flow) {
    var session = known
    session.flow.status = flow.status
    session.flow.tcpState = flow.tcpState ?? known.flow.tcpState
    session.flow.packets = flow.packets ?? known.flow.packets
    session.flow.bytes = flow.bytes ?? known.flow.bytes
    _ = sessions.put(session)
  }

  private mutating func end(_ session: Session, _ flow: Flow, _ ending: Session.Ending, at now: Moment, _ work: inout Work) {
    sessions.remove(session.flow.tuple)
    if ending == .cut { cuts.add(session.flow, user: session.comment?.user) }
    var last = session
    last.flow.packets = flow.packets ?? session.flow.packets
    last.flow.bytes = flow.bytes ?? session.flow.bytes
    // A flow that connection tracking has forgotten may go on, and then comes in by this element; one that is closed may not.
    if let element = session.element, ending == .cut || ending == .closed {
      work.changes.append(.remove(element))
    }
    work.steps.append(.said(.sessionEnded(last, ending, at: now.wall)))
  }

  // MARK: One-shot doors

  /// The flow has taken the lease's element: the lease is over. What it admits elsewhere, such as in the other family, goes as well,
  /// since one flow was granted; somebody else who holds the same element gets it again.
  private mutating func take(_ lease: Lease, _ flow: Flow, at now: Moment, _ work: inout Work) {
    guard book[lease.id] != nil, door(lease.comment.door)?.isOnce == true else { return }
    let taken = lease.elements.first { admits($0, flow, at: lease.comment.door) }
    let before = work.changes.count
    close(lease, .taken, at: now, &work)
    // Where nobody else holds it the element is removed, although the rule did that: a flow that came in by another way took nothing.
    guard let taken, let other = book.longestHolder(of: taken) else { return }
    let rest = work.changes[before...].filter { $0.element != taken }
    work.changes.replaceSubrange(before..., with: rest)
    work.changes.append(.put(taken, milliseconds: max(1, other.end.milliseconds(after: now.uptime)), other.comment))
  }

  private func element(of flow: Flow, at door: Name) -> DoorElement? {
    guard let index = rules.tables.doors.firstIndex(where: { $0.name == door }),
      let set = rules.catalog.sessionSet(of: index, flow.tuple.source.family), let source = Port(flow.tuple.sourcePort),
      let port = Port(flow.serverPort)
    else { return nil }
    let prefix = AddressPrefix(around: flow.tuple.source, length: flow.tuple.source.family.width)
    return DoorElement(
      set: set, parts: KeyParts(source: prefix, transport: flow.tuple.transport, port: port, sourcePort: source))
  }

  // MARK: Who

  /// The lease that let the flow in: of several that admit it one of a door for many, for the guard asks those first; of these the one
  /// whom the element's comment names; of none that is open, the one that ended last.
  private func holder(of flow: Flow) -> Lease? {
    let open = book.all.filter { lease in lease.elements.contains { admits($0, flow, at: lease.comment.door) } }
    func rank(_ lease: Lease) -> (Int, UInt64) { (door(lease.comment.door)?.isOnce == true ? 0 : 1, lease.end) }
    if let lease = open.max(by: { rank($0) < rank($1) }) { return lease }
    return book.ended.last { lease in lease.elements.contains { admits($0, flow, at: lease.comment.door) } }
  }

  /// Whether the element lets the flow in; the guard sees it after translation of the destination, a rule before it may not.
  private func admits(_ element: DoorElement, _ flow: Flow, at door: Name) -> Bool {
    let parts = element.parts
    guard parts.source.contains(flow.tuple.source) else { return false }
    guard parts.transport.map({ $0 == flow.tuple.transport }) ?? true else { return false }
    guard parts.sourcePort.map({ $0.number == flow.tuple.sourcePort }) ?? true else { return false }
    guard parts.destination.map({ $0 == flow.server || $0 == flow.tuple.destination }) ?? true else { return false }
    let ports = [flow.serverPort, flow.tuple.destinationPort]
    if let port = parts.port { return ports.contains(port.number) }
    return self.door(door)?.services.contains { service in
      service.transport == flow.tuple.transport
        && (service.ports.map { range in ports.contains { Port($0).map(range.contains) ?? false } } ?? true)
    } ?? false
  }

  private func door(_ name: Name) -> KeeperTables.Door? { rules.tables.doors.first { $0.name == name } }
}
