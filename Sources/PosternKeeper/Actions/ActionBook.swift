// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock

/// All that the runner was asked for and will be: the debts of leases, and single starts of knocks and bans.
///
/// Close actions start exactly once for each lease whose beginning started something, whichever process dies: a debt is on the disk
/// before the runner is asked, and the runner writes each ticket down before it starts.
package struct ActionBook: Sendable {
  /// Of leases that have actions; one more has none.
  package static let debtLimit = 16_384
  /// Starts that the runner was asked for at the same time.
  package static let askedLimit = 128
  /// Single starts that wait.
  package static let errandLimit = 64

  /// A start that belongs to no lease's beginning or end.
  package struct Errand: Hashable, Sendable {
    package var action: Name
    package var call: ActionCall
  }

  package internal(set) var debts: [LeaseID: ActionDebt] = [:]
  /// Leases with something to ask for, the oldest first.
  private var waiting: [LeaseID] = []
  private var isWaiting: Set<LeaseID> = []
  var errands: [Errand] = []
  /// Of each ticket that was asked for and has not ended: its runner, and whom it is for.
  var asked: [RunnerRequest.Ticket: Asked] = [:]
  /// Of services: tickets of programs that may still run.
  private(set) var serving: [RunnerRequest.Ticket: ActionDebt] = [:]
  /// Leases whose service is to be told that they are over.
  var endedServices: [(service: Name, lease: LeaseID)] = []
  package internal(set) var nextTicket: RunnerRequest.Ticket
  /// Whether the disk knows less.
  package internal(set) var isChanged = false

  struct Asked: Sendable {
    var runner: Int
    var purpose: Purpose

    enum Purpose: Sendable {
      case lease(LeaseID)
      case errand(Errand)
    }
  }

  package init(nextTicket: RunnerRequest.Ticket = 1) { self.nextTicket = nextTicket }

  package var isEmpty: Bool { debts.isEmpty && errands.isEmpty && asked.isEmpty }

  package mutating func markWritten() { isChanged = false }

  mutating func put(_ debt: ActionDebt) {
    let lease = debt.comment.lease
    debts[lease] = debt.isSettled ? nil : debt
    if debt.isWaiting, isWaiting.insert(lease).inserted { waiting.append(lease) }
    isChanged = true
  }

  /// The debt that has waited longest; it may have nothing to ask for any more.
  mutating func nextWaiting() -> ActionDebt? {
    while let lease = waiting.first {
      waiting.removeFirst()
      isWaiting.remove(lease)
      if let debt = debts[lease], debt.isWaiting { return debt }
    }
    return nil
  }

  /// Programs may run on when the lease is over: the ticket is known a while longer.
  mutating func serve(_ debt: ActionDebt, _ ticket: RunnerRequest.Ticket) {
    if serving.count >= 2 * Self.debtLimit { serving = serving.filter { debts[$0.value.comment.lease] != nil } }
    serving[ticket] = debt
  }

  mutating func forgetServices() {
    serving = [:]
    for var debt in debts.values where debt.service != nil {
      debt.forgetService()
      put(debt)
    }
  }

  mutating func ticket() -> RunnerRequest.Ticket {
    defer { nextTicket += 1 }
    return nextTicket
  }
}

/// How one program of an action ended, and for whom it ran.
package struct ActionResult: Hashable, Sendable {
  package var action: Name
  package var call: ActionCall
  package var end: ActionEnd

  package init(_ action: Name, _ call: ActionCall, _ end: ActionEnd) {
    self.action = action
    self.call = call
    self.end = end
  }
}
