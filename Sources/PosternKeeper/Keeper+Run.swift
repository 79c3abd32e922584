// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternTables
import PosternWire

/// Actions that a knock asks for.
extension Keeper {
  /// Checks all of it again: a gate in a stranger's hands starts what its users may start, as often as their quotas allow.
  mutating func run(
    _ grant: Grant, generation: UInt32, own: Set<IPAddress>, at now: Moment, _ work: inout Work
  ) throws(Denial) {
    let key = try rules.admit(run: grant, generation: generation, own: own, at: now.wall)
    let user = rules.tables.users[key.user]
    book.noteKnock(of: user.name, at: now.wall)
    guard quota.take(.user(key.user), perMinute: user.grantsPerMinute, at: now.uptime) else { throw .tooManyGrants }
    let action = rules.tables.actions[grant.door]
    let call = ActionCall(
      program: grant.door, occasion: .knock, user: user.name, key: key.name, source: GrantRules.addresses(of: grant).first)
    work.steps.append(.said(begin(action, call, isOnlyObserved: user.observesOnly)))
  }

  private mutating func begin(_ action: RunnerProgram, _ call: ActionCall, isOnlyObserved: Bool) -> AuditEvent {
    guard !isOnlyObserved else { return .action(ActionResult(action.name, call, ActionEnd(.observed))) }
    guard act(call.program, call) else { return .action(ActionResult(action.name, call, ActionEnd(.busy))) }
    return .run(action.name, call)
  }
}

extension GrantRules {
  /// The key in whose name an action may start.
  fileprivate func admit(
    run grant: Grant, generation: UInt32, own: Set<IPAddress>, at now: Timestamp
  ) throws(Denial) -> KeeperTables.ClientKey {
    guard generation == self.generation else { throw .generationStale }
    guard tables.keys.indices.contains(grant.key.value), tables.actions.indices.contains(grant.door), grant.lease == 0 else {
      throw .frameMalformed
    }
    let key = tables.keys[grant.key.value]
    let user = tables.users[key.user]
    guard !user.isDisabled else { throw .userDisabled }
    guard key.validity.contains(now), user.validity.contains(now) else { throw .keyNotValid }
    let hours = [key.hours, user.hours].compactMap { $0.map { tables.calendars[$0] } }
    guard hours.allSatisfy({ $0.contains(now) }) else { throw .outsideHours }
    guard user.actions.contains(grant.door), tables.actions[grant.door].service == nil else { throw .actionNotPermitted }
    for address in Self.addresses(of: grant) where !user.sources.isEmpty {
      guard user.sources.contains(where: { $0.contains(AddressPrefix(around: address, length: address.family.width)) }) else {
        throw .sourceNotPermitted
      }
    }
    return key
  }
}
