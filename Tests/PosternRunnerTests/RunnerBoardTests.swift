// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternRunner
import PosternTables
import PosternWire
import Testing

@Suite struct RunnerBoardTests {
  static func board() throws -> RunnerBoard {
    func program(_ name: String, _ atOnce: UInt32, _ service: ActionService? = nil) throws -> RunnerProgram {
      RunnerProgram(
        name: try #require(Name(name)), words: [.text("/bin/true")], account: .runner(nil), atOnce: atOnce, service: service)
    }
    let port = try #require(Port(23))
    return RunnerBoard(
      RunnerTables(programs: [
        try program("one", 1), try program("two", 2),
        try program("wait", 9, ActionService(style: .wait, transport: .udp, address: nil, port: port)),
        try program("nowait", 3, ActionService(style: .nowait, transport: .tcp, address: nil, port: port)),
      ]))
  }

  static func job(_ program: Int, _ ticket: UInt64) -> RunnerBoard.Job {
    .init(ActionCall(program: program, occasion: .open), ticket)
  }

  /// The tickets of what may start now.
  private static func all(_ board: inout RunnerBoard) -> [UInt64] {
    var tickets: [UInt64] = []
    while let job = board.next() { tickets.append(job.ticket) }
    return tickets
  }

  @Test func programsRunInTheirOrderAndNoMoreThanTheyMay() throws {
    var board = try Self.board()
    for ticket in 1...3 { _ = board.ask(Self.job(0, UInt64(ticket))) }
    for ticket in 4...6 { _ = board.ask(Self.job(1, UInt64(ticket))) }
    #expect(Self.all(&board) == [1, 4, 5])
    board.ended(1)
    #expect(Self.all(&board) == [6])
    board.ended(0)
    #expect(Self.all(&board) == [2])
  }

  @Test func theTableDecidesWhatThereIs() throws {
    let board = try Self.board()
    #expect(board.program(0, isService: false) != nil && board.program(0, isService: true) == nil)
    #expect(board.program(2, isService: true) != nil && board.program(2, isService: false) == nil)
    for index in [-1, 4, .max] { #expect(board.program(index, isService: false) == nil) }
  }

  @Test func whoTakesTheListenerIsAlone() throws {
    var board = try Self.board()
    board.began(2)
    #expect(!board.hasRoom(2))
    board.began(3)
    #expect(board.hasRoom(3))
  }

  @Test func waitingIsBounded() throws {
    var board = try Self.board()
    let taken = (0..<RunnerBoard.waitingLimit + 5).map { board.ask(Self.job(0, UInt64($0))) }
    #expect(taken.count(where: \.self) == RunnerBoard.waitingLimit && taken.last == false)
  }

  @Test func aRetiredRunnerEndsWhatItBegan() throws {
    var board = try Self.board()
    _ = board.ask(Self.job(0, 1))
    _ = board.ask(Self.job(0, 2))
    board.retire()
    #expect(Self.all(&board) == [1])
    #expect(!board.isOver)
    board.ended(0)
    #expect(Self.all(&board) == [2])
    #expect(!board.isOver)
    board.ended(0)
    #expect(board.isOver)
  }

  @Test func anAbandonedRunnerStartsNothing() throws {
    var board = try Self.board()
    _ = board.ask(Self.job(0, 1))
    _ = board.next()
    _ = board.ask(Self.job(1, 2))
    board.abandon()
    #expect(Self.all(&board).isEmpty)
    #expect(!board.isOver)
    board.ended(0)
    #expect(board.isOver)
  }
}

@Suite struct ServiceLeasesTests {
  static func call(_ lease: UInt64, _ source: String, _ seconds: UInt32) -> ActionCall {
    ActionCall(
      program: 0, occasion: .open, user: Name("u\(lease)"), source: IPAddress(source), lease: LeaseID(lease), seconds: seconds)
  }

  @Test func itLastsAsLongAsTheLastLease() {
    var leases = ServiceLeases()
    leases.put(Self.call(1, "192.0.2.1", 30), 1, at: 0)
    leases.put(Self.call(2, "192.0.2.2", 10), 2, at: 0)
    #expect(leases.end == 30_000_000_000)
    leases.put(Self.call(2, "192.0.2.2", 60), 2, at: 0)
    #expect(leases.end == 60_000_000_000)
    leases.remove(LeaseID(2))
    leases.removeEnded(at: 29_000_000_000)
    #expect(!leases.isEmpty)
    leases.removeEnded(at: 30_000_000_000)
    #expect(leases.isEmpty)
  }

  @Test func aConnectionIsForWhoseAddressItComesFrom() throws {
    var leases = ServiceLeases()
    leases.put(Self.call(1, "192.0.2.1", 30), 1, at: 0)
    leases.put(Self.call(2, "192.0.2.2", 30), 2, at: 0)
    let own = try #require(leases.call(from: IPAddress("192.0.2.1"), port: Port(4096), at: 10_000_000_000))
    #expect(own.ticket == 1 && own.call.user == Name("u1") && own.call.port == Port(4096) && own.call.seconds == 20)
    let strange = try #require(leases.call(from: IPAddress("192.0.2.9"), port: nil, at: 0))
    #expect(strange.call.source == IPAddress("192.0.2.9") && strange.call.user == nil && strange.call.lease == nil)
    #expect(leases.call(from: nil, port: nil, at: 0)?.ticket == 2, "the latest")
  }
}
