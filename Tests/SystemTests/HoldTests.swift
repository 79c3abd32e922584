// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import PosternPlatform
import Testing

/// First packets that wait in a queue for the decision on their sender's knock.
///
/// A client's kernel repeats a lost SYN after a second: whoever is connected sooner has lost none.
extension SystemSuite {
  @Suite(.enabled(if: Hold.obstacle == nil, Comment(rawValue: Hold.obstacle ?? "")))
  struct HoldTests {
    private static let beforeAnyRepetition: Int32 = 900

    /// A lab whose door holds first packets, with a listener behind it.
    private func held(_ hold: String = "300ms", _ options: Lab.Options = .init(), _ body: (Lab) throws -> Void) throws {
      let lab = try Lab(options)
      defer { lab.down() }
      try Hold.install(in: lab, hold: hold)
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      try body(lab)
    }

    @Test(arguments: ["10.77.0.1", "fd77::1"]) func knockAndSYNInOneInstant(_ target: String) throws {
      try held { lab in
        let isV6 = target.contains(":")
        let sender = try lab.sender(from: isV6 ? lab.clientV6 : lab.clientV4)
        for round in 0..<40 {
          sender.send(try lab.knock(isV6 ? nil : lab.clientV4, isV6 ? lab.clientV6 : nil))
          #expect(lab.connects(target, milliseconds: Self.beforeAnyRepetition), "round \(round)")
          try Hold.shut(lab)
        }
        #expect(lab.auditEvents("grant").count == 40)
        #expect((lab.status()?.counter("held-packets") ?? 0) >= 40, "they were held")
        #expect(lab.status()?.counter("verdict-errors") == 0)
      }
    }

    /// Knocks and connects while the gate is busy with something else for a moment; whether that worked before any repetition.
    private func connectsWhileTheGateIsAway(_ lab: Lab, holds: Bool) throws -> Bool {
      let gate = try #require(lab.status()?.gatePID)
      let sender = try lab.sender()
      kill(gate, SIGSTOP)
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { kill(gate, SIGCONT) }
      sender.send(try lab.knock())
      defer { try? Hold.shut(lab, holds: holds) }
      return lab.connects(milliseconds: Self.beforeAnyRepetition)
    }

    @Test func aSYNWaitsForAGateThatIsLate() throws {
      try held { lab in
        for _ in 0..<5 {
          let connects = try connectsWhileTheGateIsAway(lab, holds: true)
          #expect(connects)
        }
      }
    }

    /// The same without the rules: what the hold is for.
    @Test func withoutTheHoldTheSYNIsLost() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      for _ in 0..<5 { #expect(try !connectsWhileTheGateIsAway(lab, holds: false)) }
    }

    @Test func aStrangerNeverReachesTheQueue() throws {
      try held { lab in
        for _ in 0..<5 { #expect(!lab.connects(milliseconds: 50)) }
        // Somebody else knocks: that makes nobody but him known.
        try lab.sender(from: "10.77.0.3").send(try lab.knock("10.77.0.3"))
        #expect(Shell.wait { (try? lab.isOpen("10.77.0.3")) == true })
        #expect(!lab.connects(milliseconds: 50))
        #expect(lab.status()?.counter("held-packets") == 0)
      }
    }

    @Test func aRefusedKnockEndsTheHoldAndTheGuardDrops() throws {
      try held { lab in
        let sender = try lab.sender()
        for knock in [
          try lab.knock("127.0.0.1"), try lab.knock(stamp: lab.freshStamp(skew: -3600)), [UInt8](repeating: 7, count: 184),
        ] {
          sender.send(knock)
          #expect(!lab.connects(milliseconds: 100))
        }
        #expect(lab.status()?.counter("held-packets") == 3)
        #expect(try Hold.waiting(lab) == 0, "each had its verdict")
        #expect(try lab.elements("door4").isEmpty)
      }
    }

    /// Junk of a knock's length in the name of a user with an open lease, as fast as it goes.
    @Test func forgedJunkDoesNotDisturbAUsersNewConnections() throws {
      try held { lab in
        try lab.sender().send(try lab.knock(lease: 600))
        #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
        let flood = JunkFlood(try lab.sender())
        flood.start()
        defer { flood.stop() }
        #expect(Shell.wait { (lab.status()?.refused(.wrongTag) ?? 0) > 1000 })
        let times = Hold.times(100) { lab.connects(milliseconds: Self.beforeAnyRepetition) }
        flood.stop()
        #expect(times.count == 100, "every connection came about without a repeated SYN")
        #expect((lab.status()?.counter("held-packets") ?? 0) >= 100, "each was held")
        print("hold: new connections of a user in whose name junk floods: \(Hold.summary(times))")
      }
    }

    /// The set of knocking senders is full: nobody is held, nobody is kept out.
    @Test func aFullSetOfKnockingSendersHoldsNobody() throws {
      let lab = try Lab()
      defer { lab.down() }
      try Hold.install(in: lab, hold: "300ms", setSize: 1)
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      try lab.sender(from: "10.77.0.3").send([UInt8](repeating: 7, count: 184))
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      #expect(lab.connects())
      #expect(lab.status()?.counter("held-packets") == 0)
    }

    // MARK: Waiting

    /// The ruleset is away while somebody knocks: his first packet waits with his lease, and both come back together.
    @Test func aPacketWaitsWithALeaseWhoseSetIsAway() throws {
      try held("2s") { lab in
        try Hold.removeDoor(lab)
        let result = Eventually { lab.connects(milliseconds: Self.beforeAnyRepetition) }
        try lab.sender().send(try lab.knock())
        usleep(20_000)
        result.start()
        #expect(Shell.wait(seconds: 0.5) { (try? Hold.waiting(lab)) == 1 && lab.waitingPackets == 1 })
        try lab.loadRules()
        #expect(result.value, "connected, and by its first SYN")
        #expect(try Hold.waiting(lab) == 0)
      }
    }

    @Test func aHoldEndsWithItsTime() throws {
      try held("200ms") { lab in
        try Hold.removeDoor(lab)
        try lab.sender().send(try lab.knock())
        usleep(20_000)
        let began = SystemClock.monotonic()
        let result = Eventually { lab.connects(milliseconds: 600) }
        result.start()
        #expect(Shell.wait(seconds: 0.5) { lab.waitingPackets == 1 })
        #expect(Shell.wait(seconds: 1) { lab.waitingPackets == 0 })
        let milliseconds = (SystemClock.monotonic() - began) / 1_000_000
        #expect((190..<400).contains(milliseconds), "\(milliseconds) ms")
        #expect(try Hold.waiting(lab) == 0)
        #expect(!result.value, "the guard, whose rules are still there, drops it")
      }
    }

    /// The fifth packet of a source goes on at once.
    @Test func fourPacketsOfASourceWait() throws {
      try held("2s") { lab in
        try Hold.removeDoor(lab)
        try lab.sender().send(try lab.knock())
        usleep(20_000)
        let attempts = (0..<7).map { _ in Eventually { lab.connects(milliseconds: 400) } }
        for attempt in attempts { attempt.start() }
        #expect(Shell.wait(seconds: 1) { lab.status()?.counter("held-packets") == 7 })
        #expect(Shell.wait(seconds: 1) { lab.waitingPackets == 4 })
        #expect(try Hold.waiting(lab) == 4, "the kernel holds no more than those")
        for attempt in attempts { #expect(!attempt.value) }
      }
    }

    // MARK: Gates that die, and reloads

    /// A packet that waits when the gate dies is dropped, whether the gate had read it or not.
    @Test(arguments: [false, true]) func deathOfTheGateDropsWhatIsHeld(_ wasRead: Bool) throws {
      try held("2s") { lab in
        let gate = try #require(lab.status()?.gatePID)
        if wasRead { try Hold.removeDoor(lab) } else { kill(gate, SIGSTOP) }
        try lab.sender().send(try lab.knock())
        usleep(20_000)
        let attempt = Eventually { lab.connects(milliseconds: 500) }
        attempt.start()
        #expect(Shell.wait(seconds: 1) { (try? Hold.waiting(lab)) == 1 })
        kill(gate, SIGKILL)
        #expect(Shell.wait(seconds: 1) { (try? Hold.waiting(lab)) == 0 })
        #expect(lab.waitingPackets == 0)
        if wasRead { try lab.loadRules() }
        // The next gate reads the knock and opens the door; the SYN is gone.
        #expect(Shell.wait(seconds: 3) { (try? lab.isOpen(lab.clientV4)) == true })
        #expect(!attempt.value)
        #expect(lab.connects(), "and everything works again")
      }
    }

    /// Reloads hand queue and held packets from gate to gate.
    @Test func reloadsLoseNoFirstPacket() throws {
      try held { lab in
        let sender = try lab.sender()
        let ctl = ["\(Lab.binaries)/posternctl", "reload", "--socket", lab.directory + "/control"]
        let reloads = Eventually { (0..<20).allSatisfy { _ in (try? Shell.run(ctl))?.status == 0 } }
        reloads.start()
        var rounds = 0
        while !reloads.isDone {
          sender.send(try lab.knock())
          #expect(lab.connects(milliseconds: Self.beforeAnyRepetition), "round \(rounds)")
          try Hold.shut(lab)
          rounds += 1
        }
        #expect(reloads.value && rounds > 8)
        #expect(lab.status()?.counter("verdict-errors") == 0)
        #expect(lab.auditEvents("refusal").isEmpty)
      }
    }

    /// A door that stops holding lets its queue go, and the kernel then drops what its rules still send there: fail closed.
    @Test func aConfigurationWithoutHoldLetsTheQueueGo() throws {
      try held { lab in
        #expect(lab.ask("status")?.first?.contains("queue 5:") == true)
        try lab.edit("postern.toml") { $0.replacingOccurrences(of: "hold = \"300ms\"\n", with: "") }
        try Shell.must(["\(Lab.binaries)/posternctl", "reload", "--socket", lab.directory + "/control"])
        #expect(lab.ask("status")?.first?.contains("queue 5:") == false)
        try lab.sender().send(try lab.knock())
        #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
        #expect(!lab.connects(milliseconds: 200))
      }
    }

    @Test func theCheckSaysWhatThisKernelHas() throws {
      let lab = try Lab()
      defer { lab.down() }
      try Hold.install(in: lab, hold: "300ms")
      let check = ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]
      let run = try Shell.run(lab.at(lab.gateway, check))
      #expect(run.status == 0, "\(run.errors)")
      let hasQueue = try Shell.run(lab.at(lab.gateway, ["nft", "-c", "-f", Lab.root + "/nft/hold.nft"])).status == 0
      #expect(run.errors.contains(hasQueue ? "nft/hold.nft" : "nft/hold-without-queue.nft"), "\(run.errors)")
      #expect(
        try !Shell.run(lab.at(lab.gateway, ["nft", "list", "tables"])).output.contains("probe"), "the probe leaves nothing")
    }
  }
}

extension Lab {
  /// Packets that the keeper lets wait.
  fileprivate var waitingPackets: Int? {
    guard let line = ask("status")?.first,
      let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    else { return nil }
    return object["held-packets-waiting"] as? Int
  }
}

/// A question whose answer a thread looks for.
final class Eventually: @unchecked Sendable {
  private let body: @Sendable () -> Bool
  private let done = DispatchSemaphore(value: 0)
  private let lock = NSLock()
  private var answer: Bool?

  init(_ body: @escaping () -> Bool) {
    nonisolated(unsafe) let body = body
    self.body = { unsafe body() }
  }

  func start() {
    Thread { [self] in
      let found = body()
      lock.withLock { answer = found }
      done.signal()
    }.start()
  }

  var isDone: Bool { lock.withLock { answer != nil } }

  /// Waits for it.
  var value: Bool {
    done.wait()
    done.signal()
    return lock.withLock { answer } ?? false
  }
}

/// Datagrams of a knock's length without a right tag, until it is stopped.
private final class JunkFlood: @unchecked Sendable {
  private let sender: Sender
  private let lock = NSLock()
  private var isStopping = false
  private let done = DispatchSemaphore(value: 0)

  init(_ sender: Sender) { self.sender = sender }

  func start() {
    Thread { [self] in
      let junk = [UInt8](repeating: 0x5a, count: 184)
      while !lock.withLock({ isStopping }) { sender.flood(junk, count: 500) }
      done.signal()
    }.start()
  }

  func stop() {
    let wasRunning = lock.withLock {
      defer { isStopping = true }
      return !isStopping
    }
    if wasRunning { done.wait() }
  }
}
