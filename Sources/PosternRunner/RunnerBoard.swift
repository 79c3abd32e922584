// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternTables

/// Which programs run, which wait, and for how long: the runner without processes.
package struct RunnerBoard: Sendable {
  /// What waits at most, of all programs together. The keeper asks for less.
  package static let waitingLimit = 1024

  package struct Job: Hashable, Sendable {
    package var call: ActionCall
    package var ticket: RunnerRequest.Ticket

    package init(_ call: ActionCall, _ ticket: RunnerRequest.Ticket) {
      self.call = call
      self.ticket = ticket
    }
  }

  package let programs: [RunnerProgram]
  private var waiting: [Job] = []
  private var running: [Int]
  /// Nothing more will be asked for.
  package private(set) var isRetiring = false

  package init(_ tables: RunnerTables) {
    programs = tables.programs
    running = Array(repeating: 0, count: tables.programs.count)
  }

  /// Nil for a place that the tables do not have, or for a program of the other kind.
  package func program(_ index: Int, isService: Bool) -> RunnerProgram? {
    guard programs.indices.contains(index), (programs[index].service != nil) == isService else { return nil }
    return programs[index]
  }

  /// False when too much waits already.
  package mutating func ask(_ job: Job) -> Bool {
    guard waiting.count < Self.waitingLimit else { return false }
    waiting.append(job)
    return true
  }

  /// The oldest job whose program has room, which counts as running from now on.
  package mutating func next() -> Job? {
    guard let place = waiting.firstIndex(where: { hasRoom($0.call.program) }) else { return nil }
    let job = waiting.remove(at: place)
    began(job.call.program)
    return job
  }

  package func hasRoom(_ program: Int) -> Bool { running[program] < Int(programs[program].limit) }

  package mutating func began(_ program: Int) { running[program] += 1 }
  package mutating func ended(_ program: Int) { running[program] = max(0, running[program] - 1) }

  /// What was asked for is still done; nothing more comes.
  package mutating func retire() { isRetiring = true }

  /// The keeper is gone: nothing may start any more, for a later keeper will ask again.
  package mutating func abandon() {
    isRetiring = true
    waiting = []
  }

  /// Nothing runs, nothing waits, and nothing more will.
  package var isOver: Bool { isRetiring && waiting.isEmpty && running.allSatisfy { $0 == 0 } }
}

extension RunnerProgram {
  /// A program that takes over the listener does it alone.
  fileprivate var limit: UInt32 {
    switch service?.style {
    case nil, .nowait: atOnce
    case .wait, .listenFDs: 1
    }
  }
}
