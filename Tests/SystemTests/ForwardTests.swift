// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternPlatform
import PosternSets
import PosternTables
import Testing

/// Client, gateway, server that is near-line: doors that lead flows elsewhere, with packets through `examples/near-line.nft`.
extension SystemSuite {
  @Suite struct ForwardTests {
    private static let host4 = "10.78.0.10"
    private static let host6 = "fd78::10"

    private func lab(_ options: Lab.Options = .nearLine) throws -> (Lab, InnerHost) {
      let lab = try Lab(options)
      let inner = try InnerHost(
        behind: lab, link: "lan0",
        [
          .init(gateway: "10.78.0.1", host: Self.host4, prefix: "10.78.0.0", length: 24),
          .init(gateway: "fd78::1", host: Self.host6, prefix: "fd78::", length: 64),
        ])
      // The server knows no way to the world: what reaches it has to come from the gateway.
      for family in ["-4", "-6"] { try Shell.must(["ip", family, "-n", inner.namespace, "route", "delete", "default"]) }
      return (lab, inner)
    }

    private func map(_ lab: Lab, _ name: String) throws -> String {
      try Shell.must(lab.nft(["list", "map", "inet", "filter", name]))
    }

    private func isLed(_ lab: Lab, _ maps: [String] = ["hosts4", "hosts6"]) throws -> Bool {
      try maps.allSatisfy { try map(lab, $0).contains("alice/laptop") }
    }

    private func archive(_ lab: Lab, _ inner: InnerHost) throws -> GuardedService {
      GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 2222, listener: try Listener(in: inner.namespace, 22),
        door: "archive", sets: ["inside4", "inside6"])
    }

    @Test func aKnockLeadsToTheServer() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let service = try archive(lab, inner)
      let streams = try service.expectOneLease {
        let (four, six) = (try map(lab, "hosts4"), try map(lab, "hosts6"))
        #expect(four.contains(": 10.78.0.10 . 22") && six.contains(": fd78::10 . 22"), "a lease is an element of the map, too")
        for address in [Self.host4, Self.host6] {
          #expect(lab.answer(address, 22, milliseconds: 200) == .silence, "around the gateway's port")
        }
        #expect(lab.answer(lab.gatewayV4, 22, milliseconds: 200) == .silence, "the gateway itself")
      }
      #expect(streams.map(\.far.peer) == ["10.78.0.1", "fd78::1"], "the server sees the gateway")
      #expect(try !map(lab, "hosts4").contains("alice") && !(try map(lab, "hosts6").contains("alice")))
    }

    /// Map and set in one generation of the ruleset, both ways.
    @Test func bothElementsComeAndGoTogether() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let watch = try GenerationWatch(lab)
      let service = try archive(lab, inner)
      try service.knock()
      let lease = try #require(lab.auditEvents("grant").first?["lease"] as? String)
      try Shell.must(["\(Lab.binaries)/posternctl", "close", lease, "--socket", lab.directory + "/control"])
      try service.waitForTheEnd()
      let generations = try watch.finish().filter { !$0.isEmpty }
      let whole = ["hosts4", "hosts6", "inside4", "inside6"]
      #expect(generations.map { $0.added.sorted() } == [whole, []])
      #expect(generations.map { $0.deleted.sorted() } == [[], whole])
    }

    @Test func redirectToAnotherPortOfTheGateway() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let shell = GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 443, listener: try Listener(in: lab.gateway, 22), door: "shell")
      try shell.expectOneLease {
        let isLed = try isLed(lab, ["ports4", "ports6"])
        #expect(isLed)
        #expect(lab.answer(lab.gatewayV4, 22, milliseconds: 200) == .silence, "the port that it leads to")
      }
    }

    /// What leads to one port of a server does not lead to another in another door's name.
    @Test func twoTargetsOfOneAddress() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let service = try archive(lab, inner)
      try service.knock()
      try lab.sender().send(try lab.knock(lab.clientV4, door: "vault"))
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "address-taken" } })
      #expect(try map(lab, "hosts4").contains(": 10.78.0.10 . 22"))
      try service.waitForTheEnd()
    }

    /// An administrator's element leads elsewhere: nobody is sent there by a knock, and it stays.
    @Test func whatSomebodyElseLeadsStays() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      let foreign = "{ 10.77.0.2 . tcp . 2222 timeout 1h : 10.78.0.99 . 99 }"
      try Shell.must(lab.nft(["add", "element", "inet", "filter", "hosts4", foreign]))
      try lab.start()
      try lab.sender().send(try lab.knock(lab.clientV4, door: "archive"))
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == "address-taken" } })
      #expect(try map(lab, "hosts4").contains(": 10.78.0.99 . 99") && lab.elements("inside4").isEmpty)
      try Shell.must(lab.nft(["delete", "element", "inet", "filter", "hosts4", "{ 10.77.0.2 . tcp . 2222 }"]))
      #expect(
        try Shell.wait {
          try lab.sender().send(try lab.knock(lab.clientV4, door: "archive"))
          return try isLed(lab, ["hosts4"])
        })
    }

    /// The ruleset is loaded anew, the daemon dies, the configuration changes: maps follow like sets.
    @Test func leasesOutliveReloadsAndDaemons() throws {
      var options = Lab.Options.nearLine
      options.extra = options.extra.replacingOccurrences(of: "lease = \"3s\"", with: "lease = \"5m\"")
      let (lab, inner) = try lab(options)
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let service = try archive(lab, inner)
      try service.knock()
      func expectOpen(_ why: Comment) throws {
        #expect(try Shell.wait { try isLed(lab) && ["inside4", "inside6"].allSatisfy { try lab.elements($0).count == 1 } }, why)
        for (near, far) in try service.connect() { #expect(near.reaches(far), why) }
      }
      try expectOpen("after the knock")
      try Shell.must(lab.nft(["flush", "ruleset"]))
      try lab.loadRules()
      try expectOpen("a reload of the ruleset")

      lab.killKeeper()
      try lab.start(newGateway: false)
      try #require(Shell.wait { !lab.auditEvents("adopt").isEmpty })
      let adopted = lab.auditEvents("adopt").first?["elements"] as? [String] ?? []
      #expect(
        adopted.sorted() == [
          "10.77.0.2 tcp/2222 led to 10.78.0.10:22", "10.77.0.2 to 10.78.0.10 tcp/2222",
          "fd77::2 tcp/2222 led to [fd78::10]:22", "fd77::2 to fd78::10 tcp/2222",
        ])
      try expectOpen("adopted")

      try lab.edit("postern.toml") { $0.replacingOccurrences(of: "to = \"10.78.0.10:22\"", with: "to = \"10.78.0.11:22\"") }
      try Shell.must(["\(Lab.binaries)/posternctl", "reload", "--socket", lab.directory + "/control"])
      #expect(try Shell.wait { try !isLed(lab, ["hosts4"]) && !isLed(lab, ["hosts6"]) }, "its door leads elsewhere now")
      #expect(try ["inside4", "inside6"].allSatisfy { try lab.elements($0).isEmpty })
    }

    struct Fault: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var map: String
      var complaint: String
    }

    @Test(
      arguments: [
        Fault(testDescription: "missing", map: "", complaint: "the set or its table does not exist (ENOENT)"),
        Fault(
          testDescription: "a set", map: "set hosts4 { type ipv4_addr . inet_service; flags timeout; }",
          complaint: "it is no map of values, and \"forward\" needs one"),
        Fault(
          testDescription: "other data", map: "map hosts4 { type ipv4_addr . inet_service : ipv4_addr; flags timeout; }",
          complaint: "its elements lead to ipv4_addr, and the target in the configuration is ipv4_addr . inet_service"),
        Fault(
          testDescription: "no timeouts", map: "map hosts4 { type ipv4_addr . inet_service : ipv4_addr . inet_service; }",
          complaint: "it has no `flags timeout`: leases could not end"),
      ])
    func theCheckSaysWhatIsWrong(_ fault: Fault) throws {
      var options = Lab.Options()
      options.extra = """
        [doors.archive]
        ports = ["tcp/2222"]
        forward4 = { map = "ip nat hosts4", to = "10.78.0.10:22" }
        """
      options.doors = ["archive"]
      let lab = try Lab(options)
      defer { lab.down() }
      try Shell.must(lab.nft(["-f", "-"]), input: "table ip nat {\n\(fault.map)\n}\n")
      let check = try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
      #expect(check.status != 0 && check.errors.contains("set ip nat hosts4: \(fault.complaint)"), "\(check.errors)")
      // Such a door stays shut altogether.
      try lab.start()
      try lab.sender().send(try lab.knock(lab.clientV4, door: "archive"))
      #expect(Shell.wait { lab.auditEvents("refusal").count + lab.auditEvents("grant").count == 1 })
      #expect(try lab.elements("door4").isEmpty)
      guard fault.map.isEmpty else { return }
      // A map that was missing is waited for.
      let rules = "table ip nat { map hosts4 { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags timeout; }; }\n"
      try Shell.must(lab.nft(["-f", "-"]), input: rules)
      #expect(try Shell.wait { try lab.isOpen(lab.clientV4) })
      let listed = try Shell.must(lab.nft(["list", "map", "ip", "nat", "hosts4"]))
      #expect(listed.contains("10.77.0.2 . 2222") && listed.contains(": 10.78.0.10 . 22"))
    }
  }
}

/// The names of sets and maps whose elements came and went, transaction by transaction.
private struct Generation: Sendable {
  var added: [String] = []
  var deleted: [String] = []

  /// A put is add, delete, add: what counts is how a transaction leaves the set.
  mutating func add(_ set: String) {
    deleted.removeAll { $0 == set }
    added.append(set)
  }

  mutating func delete(_ set: String) {
    added.removeAll { $0 == set }
    deleted.append(set)
  }

  var isEmpty: Bool { added.isEmpty && deleted.isEmpty }
}

/// Hears what happens to the ruleset of a lab's gateway until it is asked.
private final class GenerationWatch: @unchecked Sendable {
  private let lock = NSLock()
  private let ready = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var generations: [Generation] = []
  private var failure: (any Error)?
  private var isFinished = false

  init(_ lab: Lab) throws {
    let namespace = lab.gateway
    let thread = Thread { [self] in
      do {
        try NetworkNamespace.enter(named: namespace)
        var events = try SetEvents()
        ready.signal()
        try watch(&events)
      } catch {
        lock.withLock { failure = error }
        ready.signal()
      }
      ended.signal()
    }
    thread.start()
    ready.wait()
    if let failure = lock.withLock({ failure }) { throw failure }
  }

  /// All that was heard so far.
  func finish() throws -> [Generation] {
    lock.withLock { isFinished = true }
    ended.wait()
    if let failure = lock.withLock({ failure }) { throw failure }
    return lock.withLock { generations }
  }

  private func watch(_ events: inout SetEvents) throws {
    var current = Generation()
    while true {
      // Asked before looking: what had happened by then is heard.
      let isLast = lock.withLock { isFinished }
      while let some = try events.next() {
        for event in some {
          switch event {
          case .newElement(let set, _, _): current.add(set.set)
          case .deletedElement(let set, _, _): current.delete(set.set)
          case .newGeneration:
            lock.withLock { generations.append(current) }
            current = Generation()
          case .overrun: throw Shell.Failure(description: "the watch lost events")
          case .newSet, .deletedSet, .newTable, .deletedTable: break
          }
        }
      }
      if isLast { return }
      usleep(2000)
    }
  }
}
