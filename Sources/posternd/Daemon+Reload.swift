// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables
import PosternWire

/// Reload: one configuration after another, without a knock between them lost. Packets wait in the sources, which old and new
/// gates share; the new ones read them, and the replay rings, only when the old ones have told all that they decided, and have ended.
extension Daemon {
  /// Starts a reload, or has one follow that is under way: it may have read the file before it was changed.
  mutating func reload() {
    // Also where the new configuration turns out bad: a rotated file must not be written to for ever.
    reopenAudit(keeper.rules.tables)
    guard succession == nil else {
      wantsReload = true
      return
    }
    do {
      let compilation = try Compilation(of: configuration)
      try compilation.watch(in: loop, token: Token.compiled)
      succession = Succession(.compiling(compilation, since: SystemClock.monotonic()))
    } catch let failure as StartFailure {
      refuse(failure.text, exit: failure.status)
    } catch {
      refuse("\(error)", exit: ExitStatus.unavailable)
    }
  }

  mutating func tendSuccession(at now: Moment) {
    guard let succession, let deadline = succession.deadline, deadline <= now.uptime else { return }
    switch succession.stage {
    case .compiling(let compilation, _): compilation.kill()
    case .loading(let heir): heir.gates.kill()
    case .draining, .enthroned: return
    }
  }

  /// The compiler has ended.
  mutating func compiled() {
    guard let succession, case .compiling(let compilation, _) = succession.stage else { return }
    compilation.forget(in: loop)
    do {
      succession.stage = .loading(try heir(to: try compilation.finish()))
    } catch let failure as StartFailure {
      refuse(failure.text, exit: failure.status)
    } catch {
      refuse("\(error)", exit: ExitStatus.unavailable)
    }
  }

  private mutating func heir(to compiled: consuming CompiledConfiguration) throws -> Succession.Heir {
    let tables = compiled.keeper
    try checkUnmoved(tables)
    let sources = try resources.sources(for: tables)
    try resources.rings.prepare(tables.rings, gates: tables.gates)
    let next = try resources.gates(of: compiled, generation: gates.generation &+ 1, sources)
    do {
      for (place, gate) in next.members.enumerated() {
        let running = try gate.start(at: SystemClock.monotonic())
        try loop.add(running.frames.descriptor, token: Token.heirFrames + UInt64(place))
        try loop.add(running.process.descriptor, token: Token.heirEnd + UInt64(place))
      }
    } catch {
      discard(next)
      throw error
    }
    return Succession.Heir(tables: tables, gates: next, sources: sources)
  }

  /// What one life of a keeper is tied to.
  private func checkUnmoved(_ tables: KeeperTables) throws(StartFailure) {
    let present = keeper.rules.tables
    for (name, isSame) in [
      ("state.directory", tables.stateDirectory == present.stateDirectory),
      ("control.socket", tables.controlSocket == present.controlSocket),
      ("sessions.mark-bit", tables.marks == present.marks),
    ] where !isSame {
      throw StartFailure("\(name) has changed: restart posternd to take it up", status: ExitStatus.configuration)
    }
  }

  /// A new gate says that it is loaded, and nothing else yet.
  mutating func hearHeir(_ place: Int) {
    guard let succession, case .loading(let heir) = succession.stage, heir.gates.members.indices.contains(place) else { return }
    let gate = heir.gates.members[place]
    guard let running = gate.running else { return }
    guard case .bytes(let count)? = try? running.frames.receive(into: &buffer),
      let frames = try? Self.frames(in: buffer, count: count),
      frames.map(\.body) == [.loaded], gate.becameLoaded()
    else { return gate.kill() }
    guard heir.gates.areLoaded else { return }
    succession.stage = .draining(heir)
    gates.drain(at: SystemClock.monotonic())
    if gates.areGone { succeed() }
  }

  /// A new gate has ended before its time: without it the others do not begin.
  mutating func heirEnded(_ place: Int) {
    guard let succession else { return }
    switch succession.stage {
    case .compiling, .enthroned: return
    case .loading(let heir):
      guard heir.gates.members.indices.contains(place), let running = heir.gates.members[place].running,
        let end = try? running.process.end()
      else { return }
      discard(heir.gates)
      refuse("the new gate \(end)", exit: ExitStatus.unavailable)
    // It has its turn in a moment: what became of it shows then, as with any gate.
    case .draining(let heir):
      guard heir.gates.members.indices.contains(place) else { return }
      if let running = heir.gates.members[place].running { try? loop.remove(running.process.descriptor) }
    }
  }

  /// New gates that never get their turn.
  private func discard(_ heirs: Gates) {
    heirs.kill()
    for running in heirs.members.compactMap(\.running) {
      forget(running)
      _ = try? running.process.wait()
    }
  }

  /// The old gates are gone: the keeper goes over to the new configuration, and the new ones begin.
  mutating func succeed() {
    guard let succession, case .draining(let heir) = succession.stage else { return }
    let now = Self.now
    var rules = GrantRules(tables: heir.tables, generation: heir.gates.generation)
    rules.take(sets.layouts(in: rules.catalog), after: keeper.rules)
    let known = Set(keeper.rules.catalog.sets.map(\.reference))
    carryOut(keeper.closeUnfit(for: rules, at: now))
    // By the programs of the configuration that began it.
    ask(at: now)
    keeper = keeper.successor(with: rules)
    sets.succeed(rules.catalog)
    do throws(StateError) {
      try resources.succeed(heir.tables, heir.sources, heir.gates.team)
    } catch {
      audit.write([.alarm("the replay ring cannot grow: \(error)")], at: now)
    }
    adopt(rules.catalog.sets.indices.filter { !known.contains(rules.catalog.sets[$0].reference) })
    beginActions()
    reopenAudit(heir.tables)
    try? listener.setMode(heir.tables.access.socketMode)
    enthrone(heir)
    for notice in heir.tables.notices + GatewaySecrets.warnings(heir.tables, at: now.wall) { Notice.write(notice) }
    audit.write([.reloaded(generation: heir.gates.generation)], at: now, operatorID: asker)
    succession.stage = .enthroned
  }

  /// The last of the new gates is ready, or one of them has ended.
  mutating func concludeReload(ended reason: String? = nil) {
    guard let succession, case .enthroned = succession.stage else { return }
    if let reason {
      conclude(Report.failed("the configuration is in force, but its gate \(reason)", exit: ExitStatus.unavailable))
    } else if gates.areReady {
      conclude(Report.done())
    }
  }

  private mutating func enthrone(_ heir: Succession.Heir) {
    gates = heir.gates
    for (place, gate) in gates.members.enumerated() {
      guard let running = gate.running else { continue }
      forget(running)
      // A gate that cannot be watched is found dead by its deadline.
      try? loop.add(running.frames.descriptor, token: Token.frames + UInt64(place))
      try? loop.add(running.process.descriptor, token: Token.gateEnd + UInt64(place))
    }
    // Their measure of load begins with idle sources.
    for channel in resources.sources.groups { channel.change(toBusy: false) }
    gates.begin(at: SystemClock.monotonic())
  }

  private func forget(_ running: GateSupervisor.Running) {
    try? loop.remove(running.frames.descriptor)
    try? loop.remove(running.process.descriptor)
  }

  /// The old configuration stays in force, and whoever asked hears why.
  private mutating func refuse(_ reason: String, exit: Int32) {
    audit.write([.reloadRefused(reason: reason)], at: Self.now, operatorID: asker)
    conclude(Report.failed(reason, exit: exit))
  }

  /// The operator who asked for this reload first; nil where a signal did.
  private var asker: UInt32? { waiting.first.flatMap { sessions[$0]?.peer.user } }

  private mutating func reopenAudit(_ tables: KeeperTables) {
    do throws(StateError) {
      try audit.reopen(tables)
    } catch {
      audit.write([.alarm("the audit's file cannot be opened again: \(error)")], at: Self.now)
    }
  }

  private mutating func conclude(_ answer: [UInt8]) {
    succession = nil
    let asked = waiting
    waiting = []
    for token in asked { reply(answer, to: token) }
    guard wantsReload else { return }
    wantsReload = false
    reload()
  }
}
