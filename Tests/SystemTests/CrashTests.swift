// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

extension SystemSuite {
  /// Daemons that die at any moment lose no lease and open nothing.
  @Suite struct CrashTests {
    /// 300 rounds: knocks keep coming, and at a random moment the gate, the keeper or both are killed.
    @Test func killedThreeHundredTimes() throws {
      let lab = try Lab(.init(lease: "5s", leasesPerDoor: 4000))
      defer { lab.down() }
      try lab.start()
      let stream = KnockStream(lab)
      stream.start()
      defer { stream.stop() }
      var seen: [String: Lab.Element] = [:]
      for round in 0..<300 {
        usleep(UInt32.random(in: 0..<60_000))
        let before = try lab.elements("door4")
        switch round % 3 {
        case 0: lab.killGate()
        case 1: lab.killKeeper()
        default:
          lab.killGate()
          lab.killKeeper()
        }
        if lab.daemon?.isRunning != true { try lab.start(newGateway: false) }
        try check(lab, before: before, seen: &seen, round: round)
      }
      #expect(stream.sent > 1000)
      #expect(seen.count > 300, "elements were opened all the time: \(seen.count)")
      stream.stop()
      #expect(Shell.wait(seconds: 8) { (try? lab.elements("door4").isEmpty) == true }, "every door has closed by itself")
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait(seconds: 5) { (try? lab.isOpen(lab.clientV4)) == true }, "the gateway still works")
    }

    private func check(_ lab: Lab, before: [Lab.Element], seen: inout [String: Lab.Element], round: Int) throws {
      // The elements first: whatever stands there now was recorded before.
      let elements = try lab.elements("door4")
      let recorded = try Self.recordedLeases(lab)
      for element in elements {
        let lease = element.comment?.split(separator: " ").last.map(String.init) ?? "none"
        #expect(recorded.contains(lease), "round \(round): element \(element) without a record")
        #expect(element.timeout <= 5 && element.expires <= 5, "round \(round): \(element) outlives its lease")
        seen[lease] = element
      }
      // Nothing that stood there before is gone unless its time was up. A listing can miss an element while the kernel's hash table
      // grows under it, so what one misses is looked for in another.
      var missing = before.filter { $0.expires > 2 }
      for _ in 0..<3 where !missing.isEmpty {
        let now = Set(try lab.elements("door4").map(\.address))
        missing.removeAll { now.contains($0.address) }
      }
      for element in missing { Issue.record("round \(round): \(element) was lost") }
    }

    /// The ids of all leases whose knocks the ring remembers.
    private static func recordedLeases(_ lab: Lab) throws -> Set<String> {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: lab.directory + "/replay.ring")))
      guard case .ring(let image) = bytes.withBytes({ RingImage.read($0) }) else {
        throw Shell.Failure(description: "the ring does not read as one")
      }
      return Set(image.slots.filter { !$0.isEmpty }.map { LeaseID($0.id).description })
    }

    @Test func aKilledKeeperFindsItsLeasesAgain() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { lab.status()?.leases == 1 })
      let before = try #require(lab.ask("leases")?.first)
      lab.killKeeper()
      #expect(try lab.isOpen(lab.clientV4), "a door needs no process to stay open")
      try lab.start(newGateway: false)
      let after = try #require(lab.ask("leases")?.first)
      func field(_ text: String, _ name: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return String(describing: object?[name] ?? "")
      }
      for name in ["lease", "user", "key", "door"] { #expect(try field(after, name) == field(before, name)) }
      #expect(lab.auditEvents("adopt").count == 1)
      #expect(lab.ask("close \(try field(after, "lease"))")?.last?.contains("true") == true)
      #expect(try !lab.isOpen(lab.clientV4) && !lab.isOpen(lab.clientV6))
    }

    @Test func foreignElementsAreLeftAlone() throws {
      let lab = try Lab()
      defer { lab.down() }
      let element = "{ 10.77.0.2 . tcp . 22 timeout 1h comment \"by hand\" }"
      try Shell.must(lab.at(lab.gateway, ["nft", "add", "element", "inet", "postern", "door4", element]))
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      #expect(try lab.elements("door4").first?.comment == "by hand", "the grant rides on it")
      sender.send(try lab.knock(action: .close))
      #expect(Shell.wait { lab.status()?.leases == 0 })
      #expect(try lab.elements("door4").first?.comment == "by hand")
    }

    @Test func theGateIsRestartedWithGrowingPauses() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      for _ in 0..<4 {
        let old = try #require(lab.status()?.gatePID)
        lab.killGate()
        #expect(lab.hasNewGate(after: old))
      }
      let pauses = lab.auditEvents("gate-restart").compactMap { $0["retry-ms"] as? Int }
      #expect(pauses == [100, 200, 400, 800])
    }

    @Test func confinementStandsInTheRunningGate() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let gate = try #require(lab.status()?.gatePID)
      let status = try String(contentsOfFile: "/proc/\(gate)/status", encoding: .utf8)
      for line in ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"] {
        #expect(status.contains(line), "gate: \(line)")
      }
      let keeper = try String(contentsOfFile: "/proc/\(lab.keeperPID)/status", encoding: .utf8)
      for line in ["CapEff:\t0000000000001000", "CapPrm:\t0000000000001000", "CapBnd:\t0000000000001000", "NoNewPrivs:\t1"] {
        #expect(keeper.contains(line), "keeper: \(line)")
      }
      // Ring, counters, frames, one NFLOG socket, epoll, and /dev/null twice: nothing else is open in the gate.
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(gate)/fd")
      #expect(open.count <= 8 && !open.contains("2"), "\(open)")
    }
  }
}

/// Fresh knocks for ever new addresses, a few hundred a second, until it is stopped.
final class KnockStream: @unchecked Sendable {
  private let lab: Lab
  private let lock = NSLock()
  private var isStopping = false
  private var count = 0
  private let done = DispatchSemaphore(value: 0)

  private let lease: UInt32
  private let sources: [String]

  /// `lease` in seconds; zero asks for the door's own. Sent from these addresses in turn.
  init(_ lab: Lab, lease: UInt32 = 0, from sources: [String]? = nil) {
    self.lab = lab
    self.lease = lease
    self.sources = sources ?? [lab.clientV4]
  }

  var sent: Int { lock.withLock { count } }

  func start() {
    Thread(block: run).start()
  }

  func stop() {
    let wasRunning = lock.withLock {
      defer { isStopping = true }
      return !isStopping
    }
    if wasRunning { done.wait() }
  }

  private func run() {
    defer { done.signal() }
    let senders = sources.compactMap { try? lab.sender(from: $0) }
    guard senders.count == sources.count else { return }
    while !lock.withLock({ isStopping }) {
      let number = sent
      if let knock = try? lab.knock("10.77.\(1 + number / 250 % 200).\(1 + number % 250)", lease: lease) {
        senders[number % senders.count].send(knock)
      }
      lock.withLock { count += 1 }
      usleep(5000)
    }
  }
}
