// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// A keeper with a disk and a runner: each dies when the test says so, and what each knew is gone.
private struct ActionBench {
  struct Run: Hashable {
    var action: String
    var occasion: ActionOccasion
    var lease: LeaseID?
  }

  var bench = Bench(Self.tables())
  var disk: [UInt8]?
  /// What runners wrote down before they started anything.
  var record: Set<RunnerRequest.Ticket> = []
  var runs: [Run] = []
  var said: [AuditEvent] = []
  /// What the runner was asked and has not started; what it has started and not told of.
  var asked: [(ActionCall, RunnerRequest.Ticket)] = []
  var running: [(ActionCall, RunnerRequest.Ticket)] = []
  var services: [RunnerRequest] = []
  var runner = 1

  static func tables() -> KeeperTables {
    var tables = Fixture.tables()
    func program(_ text: String) -> RunnerProgram {
      RunnerProgram(name: Fixture.name(text), words: [.text("/bin/true")], account: .runner(nil))
    }
    var echo = program("echo")
    echo.service = Port(2323).map { ActionService(style: .nowait, transport: .tcp, address: nil, port: $0) }
    tables.actions = [program("begin"), program("finish"), program("backup"), echo]
    tables.doors[0].actions = DoorActions(onOpen: [0], onClose: [1])
    tables.doors[1].actions = DoorActions(service: 3)
    tables.users[0].actions = [2]
    return tables
  }

  mutating func receive(_ frame: KeeperFrame) { note(bench.receive(frame)) }

  mutating func note(_ events: [AuditEvent]) { said += events + bench.keeper.noteActions(of: events, at: bench.now) }

  mutating func pass(_ seconds: UInt64) { note(bench.pass(seconds: seconds)) }

  /// Writes to the disk, then asks.
  mutating func ask() {
    let (requests, said) = bench.keeper.actionRequests(runner: runner, at: bench.now)
    self.said += said
    save()
    for request in requests {
      switch request {
      case .run(let call, let ticket): asked.append((call, ticket))
      case .serve, .endService, .retire: services.append(request)
      }
    }
  }

  mutating func save() {
    guard bench.keeper.actions.isChanged else { return }
    disk = ActionRecords.encoded(bench.keeper.actions)
    bench.keeper.markActionsWritten()
  }

  /// The runner starts the oldest.
  mutating func start() {
    guard !asked.isEmpty else { return }
    let (call, ticket) = asked.removeFirst()
    guard record.insert(ticket).inserted else { return }
    let action = bench.keeper.rules.tables.actions[call.program].name
    runs.append(Run(action: action.description, occasion: call.occasion, lease: call.lease))
    running.append((call, ticket))
  }

  /// A program ends, and the keeper hears of it.
  mutating func end(_ outcome: ActionOutcome = .exited(0)) {
    guard !running.isEmpty else { return }
    let (_, ticket) = running.removeFirst()
    said += bench.keeper.hear(.ended(ticket, ActionEnd(outcome)), at: bench.now)
  }

  mutating func killRunner() {
    asked = []
    running = []
    let record = record
    said += bench.keeper.runnerEnded(runner, servesLeases: true, at: bench.now) { record.contains($0) }
    runner += 1
  }

  /// A new keeper finds the disk and what stands in the kernel.
  mutating func killKeeper() throws {
    asked = []
    running = []
    runner += 1
    let found = bench.kernel.map { element, stored in
      FoundElement(element: element, remaining: (stored.end - bench.now.uptime) / 1_000_000, comment: stored.comment)
    }
    bench.keeper = Keeper(tables: Self.tables(), generation: 1)
    let record = record
    if let disk {
      let memory = try #require(ActionRecords.decoded(disk))
      said += bench.keeper.recallActions(memory, at: bench.now) { record.contains($0) }
    }
    note(bench.keeper.adopt(found, at: bench.now))
    said += bench.keeper.reconcileActions(at: bench.now)
  }

  func count(_ action: String) -> Int { runs.count { $0.action == action } }

  var outcomes: [String] {
    said.compactMap { event in
      if case .action(let result) = event { "\(result.action) \(result.end.outcome.word)" } else { nil }
    }
  }
}

@Suite struct KeeperActionsTests {
  /// One step of a lease's life after another; whoever dies between two of them, both actions ran once.
  private static let life: [(String, @Sendable (inout ActionBench) -> Void)] = [
    ("granted", { $0.receive(Fixture.grant(lease: 30)) }), ("asked", { $0.ask() }), ("started", { $0.start() }),
    ("ended", { $0.end() }), ("written", { $0.save() }), ("over", { $0.pass(31) }), ("asked for the end", { $0.ask() }),
    ("end started", { $0.start() }), ("end ended", { $0.end() }), ("end written", { $0.save() }),
  ]

  /// What is left to do is done in the end, however often it takes.
  private static func finish(_ bench: inout ActionBench) {
    for _ in 0..<3 {
      bench.ask()
      bench.start()
      bench.end()
    }
    bench.pass(31)
    for _ in 0..<3 {
      bench.ask()
      bench.start()
      bench.end()
    }
    bench.save()
  }

  @Test(arguments: Array(0...life.count)) func aDeadKeeperChangesNothing(_ place: Int) throws {
    var bench = ActionBench()
    for (_, step) in Self.life.prefix(place) { step(&bench) }
    try bench.killKeeper()
    Self.finish(&bench)
    let began = place > 0
    #expect(bench.count("begin") == (began ? 1 : 0) && bench.count("finish") == (began ? 1 : 0), "died after \(place) steps")
    #expect(bench.bench.keeper.actions.debts.isEmpty)
  }

  @Test(arguments: Array(0...life.count)) func aDeadRunnerChangesNothing(_ place: Int) {
    var bench = ActionBench()
    for (index, (_, step)) in Self.life.enumerated() {
      if index == place {
        bench.killRunner()
        // The next one is there at once.
        bench.ask()
      }
      step(&bench)
    }
    if place == Self.life.count { bench.killRunner() }
    Self.finish(&bench)
    #expect(bench.count("begin") == 1 && bench.count("finish") == 1, "died before step \(place): \(bench.runs)")
    #expect(bench.bench.keeper.actions.debts.isEmpty)
  }

  @Test func theEndWaitsForTheBeginning() {
    var bench = ActionBench()
    for (_, step) in Self.life.prefix(3) { step(&bench) }
    bench.pass(31)
    bench.ask()
    bench.start()
    #expect(bench.runs.map(\.action) == ["begin"], "it still runs")
    bench.end()
    bench.ask()
    bench.start()
    #expect(bench.runs.map(\.action) == ["begin", "finish"])
  }

  @Test func whatNeverBeganHasNoEnd() {
    var bench = ActionBench()
    bench.receive(Fixture.grant(lease: 30))
    bench.pass(31)
    bench.ask()
    bench.start()
    #expect(bench.runs.isEmpty)
    #expect(bench.outcomes == ["begin too-late"])
    #expect(bench.bench.keeper.actions.debts.isEmpty)
  }

  @Test func aRenewalBeginsNothing() {
    var bench = ActionBench()
    for id in 1...3 {
      bench.receive(Fixture.grant(lease: 30, id: UInt64(id)))
      bench.ask()
      bench.start()
      bench.end()
      bench.pass(10)
    }
    #expect(bench.count("begin") == 1)
    bench.receive(Fixture.grant(lease: 0, id: 9, action: .close))
    Self.finish(&bench)
    #expect(bench.count("finish") == 1)
    #expect(Set(bench.runs.map(\.lease)) == [LeaseID(1)])
  }

  @Test func whatWasStartedAndNotSeenToEndIsTold() throws {
    var bench = ActionBench()
    for (_, step) in Self.life.prefix(3) { step(&bench) }
    try bench.killKeeper()
    #expect(bench.outcomes == ["begin unseen"])
  }

  @Test func anActionThatIsGoneIsToldAndNotOwed() throws {
    var bench = ActionBench()
    for (_, step) in Self.life.prefix(5) { step(&bench) }
    var tables = ActionBench.tables()
    tables.actions = []
    tables.users[0].actions = []
    for door in tables.doors.indices { tables.doors[door].actions = DoorActions() }
    bench.bench.keeper = bench.bench.keeper.successor(with: GrantRules(tables: tables, generation: 2))
    bench.pass(31)
    bench.ask()
    #expect(bench.outcomes == ["begin exited", "finish not-configured"])
    #expect(bench.bench.keeper.actions.debts.isEmpty)
  }

  // MARK: Services

  @Test func aServiceListensAsLongAsTheLease() throws {
    var bench = ActionBench()
    bench.receive(Fixture.grant(door: 1, lease: 30))
    bench.ask()
    let first = try #require(bench.services.first)
    guard case .serve(let call, let ticket) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(call.program == 3 && call.seconds == 30 && call.door == Fixture.name("web"))
    bench.said += bench.bench.keeper.hear(.serving(ticket), at: bench.bench.now)
    bench.said += bench.bench.keeper.hear(.serving(ticket), at: bench.bench.now)
    bench.pass(10)
    bench.receive(Fixture.grant(door: 1, lease: 60, id: 2))
    bench.ask()
    #expect(bench.services.count == 2, "a longer lease is told of")
    guard case .serve(let longer, ticket) = try #require(bench.services.last) else {
      Issue.record("\(bench.services)")
      return
    }
    #expect(longer.seconds == 60)
    bench.killRunner()
    bench.ask()
    #expect(bench.services.count == 3, "another runner is asked again")
    bench.pass(61)
    bench.ask()
    #expect(bench.services.last == .endService(program: 3, lease: LeaseID(1)))
    #expect(bench.bench.keeper.actions.debts.isEmpty)
    let states = bench.said.compactMap { event in if case .service(_, let listens) = event { listens } else { nil } }
    #expect(states == [true])
  }

  @Test func aServiceIsServedAgainAfterARestart() throws {
    var bench = ActionBench()
    bench.receive(Fixture.grant(door: 1, lease: 30))
    bench.ask()
    try bench.killKeeper()
    bench.ask()
    #expect(bench.services.count == 2)
  }

  // MARK: Knocks

  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var key = 0
    var action = 2
    var lease: UInt32 = 0
    var generation: UInt32 = 1
    var denial: Denial?
    var change: @Sendable (inout KeeperTables) -> Void = { _ in }
  }

  static let cases = [
    Case(testDescription: "his own action"),
    Case(testDescription: "somebody else's", key: 2, denial: .actionNotPermitted),
    Case(testDescription: "not his, though configured", action: 0, denial: .actionNotPermitted),
    Case(testDescription: "a service", action: 3, denial: .actionNotPermitted, change: { $0.users[0].actions = [2, 3] }),
    Case(testDescription: "none of ours", action: 9, denial: .frameMalformed),
    Case(testDescription: "no such key", key: 99, denial: .frameMalformed),
    Case(testDescription: "with a lease", lease: 30, denial: .frameMalformed),
    Case(testDescription: "of an older configuration", generation: 0, denial: .generationStale),
    Case(testDescription: "disabled", denial: .userDisabled, change: { $0.users[0].isDisabled = true }),
    Case(
      testDescription: "no longer valid", denial: .keyNotValid,
      change: { $0.keys[0].validity = Validity(notAfter: Timestamp(seconds: 1)) }),
    Case(
      testDescription: "from elsewhere", denial: .sourceNotPermitted,
      change: { tables in tables.users[0].sources = [AddressPrefix("198.51.100.0/24")].compactMap { $0 } }),
  ]

  @Test(arguments: cases) func aKnockStartsWhatItsUserMay(_ test: Case) {
    var tables = ActionBench.tables()
    test.change(&tables)
    var bench = ActionBench()
    bench.bench.keeper = Keeper(tables: tables, generation: 1)
    bench.receive(
      Fixture.grant(key: test.key, door: test.action, lease: test.lease, action: .run, generation: test.generation))
    bench.ask()
    bench.start()
    #expect(bench.said.denials == (test.denial.map { [$0] } ?? []))
    #expect(bench.runs.map(\.action) == (test.denial == nil ? ["backup"] : []))
    #expect(bench.runs.allSatisfy { $0.occasion == .knock && $0.lease == nil })
  }

  @Test func quotasBoundWhatAGateCanStart() {
    var bench = ActionBench()
    for id in 0..<200 {
      bench.receive(Fixture.grant(door: 2, lease: 0, id: UInt64(id), action: .run))
      bench.ask()
      bench.start()
      bench.end()
    }
    #expect(bench.count("backup") == 60)
    #expect(bench.said.denials.count == 140 && Set(bench.said.denials) == [.tooManyGrants])
  }

  @Test func tooManyThatWaitAreBusy() {
    var tables = ActionBench.tables()
    tables.users[0].grantsPerMinute = 1000
    var bench = ActionBench()
    bench.bench.keeper = Keeper(tables: tables, generation: 1)
    for id in 0..<100 { bench.receive(Fixture.grant(door: 2, lease: 0, id: UInt64(id), action: .run)) }
    #expect(bench.outcomes.count == 100 - ActionBook.errandLimit && Set(bench.outcomes) == ["backup busy"])
  }

  @Test func aWatchedUserStartsNothing() {
    var tables = ActionBench.tables()
    tables.users[0].observesOnly = true
    var bench = ActionBench()
    bench.bench.keeper = Keeper(tables: tables, generation: 1)
    bench.receive(Fixture.grant(door: 2, lease: 0, action: .run))
    bench.receive(Fixture.grant(lease: 30, id: 2))
    bench.ask()
    #expect(bench.asked.isEmpty && bench.outcomes == ["backup observed"])
  }
}
