// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternWire

extension NftSocket {
  /// Tries of one transaction: at first all operations, each put in the hope that its element is new; then with what that takes where it
  /// is not; then once more without those that were refused.
  private static let tries = 3
  /// Tries of one transaction while the kernel says that the ruleset changed meanwhile.
  private static let busyTries = 4

  /// Applies the operations, up to 1024 in one transaction, and says for each what became of it, in their order.
  ///
  /// The kernel applies a transaction wholly or not at all. What it refuses is left out and the rest is sent once more: one full
  /// set does not refuse the others.
  package mutating func commit(_ batch: borrowing SetBatch) -> [SetOutcome] {
    let operations = batch.operations
    var outcomes = operations.map { operation in
      SetOutcome(tag: operation.tag, effect: .refused(operation.set.isPossible ? .busy : .missing))
    }
    var rest = operations.indices.filter { operations[$0].set.isPossible }[...]
    while !rest.isEmpty {
      let first = Self.first(longestTransaction, of: rest, operations)
      settle(operations, first, &outcomes)
      rest = rest.dropFirst(first.count)
    }
    return outcomes
  }

  /// As many as one transaction takes, without a bond across its end where that is possible.
  private static func first(_ most: Int, of rest: ArraySlice<Int>, _ operations: [SetBatch.Operation]) -> ArraySlice<Int> {
    var first = rest.prefix(most)
    guard first.endIndex < rest.endIndex, let bond = operations[rest[first.endIndex]].bond else { return first }
    while let last = first.last, operations[last].bond == bond { first.removeLast() }
    return first.isEmpty ? rest.prefix(most) : first
  }

  /// Brings one transaction to its end. Operations that are still held back by others after the last try stay `busy`.
  private mutating func settle(_ operations: [SetBatch.Operation], _ members: ArraySlice<Int>, _ outcomes: inout [SetOutcome]) {
    var members = members
    var standing = Set(members.filter { operations[$0].stands })
    for _ in 1...Self.tries where !members.isEmpty {
      var refusals: [TransactionAnswers.Refusal]
      do {
        refusals = try apply(operations, members, standing)
      } catch {
        return Self.mark(members, .refused(error), &outcomes)
      }
      if refusals.isEmpty { return Self.mark(members, .applied, &outcomes) }
      refusals.removeAll { refusal in
        let index = members[members.startIndex + refusal.position]
        return operations[index].wasStanding(refusal) && standing.insert(index).inserted
      }
      members = Self.removeRefused(refusals, of: members, operations, &outcomes)
    }
  }

  private static func mark(_ members: ArraySlice<Int>, _ effect: SetOutcome.Effect, _ outcomes: inout [SetOutcome]) {
    for index in members { outcomes[index] = SetOutcome(tag: outcomes[index].tag, effect: effect) }
  }

  private static func removeRefused(
    _ refusals: [TransactionAnswers.Refusal], of members: ArraySlice<Int>, _ operations: [SetBatch.Operation],
    _ outcomes: inout [SetOutcome]
  ) -> ArraySlice<Int> {
    var refused: Set<Int> = []
    for refusal in refusals {
      let index = members[members.startIndex + refusal.position]
      refused.insert(index)
      outcomes[index] = SetOutcome(tag: outcomes[index].tag, effect: operations[index].effect(of: refusal))
    }
    removeBonded(members, operations, &refused, &outcomes)
    return members.filter { !refused.contains($0) }[...]
  }

  /// What is bonded to a refused operation is refused for the same reason.
  private static func removeBonded(
    _ members: ArraySlice<Int>, _ operations: [SetBatch.Operation], _ refused: inout Set<Int>, _ outcomes: inout [SetOutcome]
  ) {
    var effects: [Int: SetOutcome.Effect] = [:]
    for index in refused.sorted() {
      if let bond = operations[index].bond, effects[bond] == nil { effects[bond] = outcomes[index].effect }
    }
    guard !effects.isEmpty else { return }
    for index in members where !refused.contains(index) {
      guard let effect = operations[index].bond.flatMap({ effects[$0] }) else { continue }
      refused.insert(index)
      outcomes[index] = SetOutcome(tag: outcomes[index].tag, effect: effect)
    }
  }

  /// Sends one transaction; no refusal means that it was applied. Throws when it failed as a whole. `standing` are the puts whose
  /// elements were there.
  private mutating func apply(
    _ operations: [SetBatch.Operation], _ members: ArraySlice<Int>, _ standing: Set<Int>
  ) throws(SetError) -> [TransactionAnswers.Refusal] {
    for _ in 1...Self.busyTries {
      let answers = try exchange(operations, members, standing)
      guard let code = answers.failure else { return answers.refusals }
      // A table's owner is checked message by message: EPERM for the whole is the missing capability.
      let error = code == EPERM ? SetError.unprivileged : SetError(errno: code)
      guard error == .busy else { throw error }
    }
    throw .busy
  }

  /// Each try has sequence numbers of its own: answers to an earlier one may still lie in the socket.
  private mutating func exchange(
    _ operations: [SetBatch.Operation], _ members: ArraySlice<Int>, _ standing: Set<Int>
  ) throws(SetError) -> TransactionAnswers {
    let begin = reserveSequence(members.count * Int(TransactionAnswers.steps) + 2)
    outgoing.transaction(operations, members, standing: standing, begin: begin)
    try descriptor.send(outgoing)
    var answers = TransactionAnswers(begin: begin, operations: members.count)
    while !answers.isComplete { try receive { answers.take($0) } }
    return answers
  }
}

extension SetBatch.Operation {
  /// Whether a put was refused because its element was there: that is no refusal, but takes more messages.
  fileprivate func wasStanding(_ refusal: TransactionAnswers.Refusal) -> Bool {
    if case .put = change { refusal.errno == EEXIST } else { false }
  }

  /// What a refusal means: a removal that found the set but not the element has nothing left to do.
  fileprivate func effect(of refusal: TransactionAnswers.Refusal) -> SetOutcome.Effect {
    if case .remove = change, refusal.errno == ENOENT, let place = refusal.badAttribute, place >= set.elementsOffset {
      return .absent
    }
    return .refused(SetError(errno: refusal.errno))
  }
}
