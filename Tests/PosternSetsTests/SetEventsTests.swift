// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import PosternSets
import PosternTables
import Testing

@Suite(.enabled(if: Network.isAvailable, Comment(rawValue: Network.whyNot))) struct SetEventsTests {
  @Test func ownAndForeignChangesAreToldApart() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var events = try SetEvents()
      #expect(try events.next() == nil)
      #expect(socket.put(try element("192.0.2.1", seconds: 60, comment: "ours"), door4) == .applied)
      let own = try drain(&events)
      #expect(own.contains { if case .newElement(door4, let new, socket.portID) = $0 { new.comment == "ours" } else { false } })
      #expect(own.contains { if case .newGeneration(ctest_thread_id(), _, socket.portID) = $0 { true } else { false } })

      try Nft.load("add element inet t door4 { 192.0.2.2 . udp . 53 timeout 5m }")
      try Nft.load("delete element inet t door4 { 192.0.2.1 . tcp . 22 }")
      let foreign = try drain(&events)
      let added = try key("192.0.2.2", "udp/53")
      let deleted = try key("192.0.2.1")
      #expect(
        foreign.contains {
          guard case .newElement(door4, let new, let port) = $0 else { return false }
          return new.key == added && new.timeout == 300_000 && port != socket.portID
        })
      #expect(
        foreign.contains {
          if case .deletedElement(door4, let old, let port) = $0 { old.key == deleted && port != socket.portID } else { false }
        })
      #expect(foreign.contains { if case .newGeneration(_, "nft", _) = $0 { true } else { false } })
      #expect(!foreign.contains { $0.port == socket.portID })
    }
  }

  @Test func ownChangesCanBeLeftOut() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var events = try SetEvents(ignoring: socket.portID)
      #expect(socket.put(try element("192.0.2.1"), door4) == .applied)
      #expect(try drain(&events).isEmpty)
      try Nft.load("delete element inet t door4 { 192.0.2.1 . tcp . 22 }")
      #expect(socket.put(try element("192.0.2.2"), door4) == .applied)
      let foreign = try drain(&events)
      #expect(foreign.contains { if case .deletedElement = $0 { true } else { false } })
      #expect(!foreign.contains { $0.port == socket.portID })
    }
  }

  /// A new element is one message to the kernel; one that stands is replaced within one transaction, also beside a new one.
  @Test func whatIsNewIsAddedOnce() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var events = try SetEvents()
      func counts() throws -> (new: Int, deleted: Int) {
        let all = try drain(&events)
        return (
          all.count { if case .newElement = $0 { true } else { false } },
          all.count { if case .deletedElement = $0 { true } else { false } }
        )
      }
      #expect(socket.put(try element("192.0.2.1"), door4) == .applied)
      #expect(try counts() == (1, 0))
      var batch = SetBatch()
      for (tag, address) in ["192.0.2.1", "192.0.2.2", "192.0.2.2"].enumerated() {
        batch.put(try element(address, seconds: 600), in: door4, tag: tag)
      }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
      #expect(try counts().new >= 3)
      #expect(try Nft.elements(door4).map(\.timeout) == [600, 600])
      // What is said to stand is put whether it does or not.
      batch.removeAll()
      for (tag, address) in ["192.0.2.1", "192.0.2.9"].enumerated() {
        batch.put(try element(address, seconds: 700), in: door4, tag: tag, stands: true)
      }
      #expect(socket.commit(batch).allSatisfy { $0.effect == .applied })
      #expect(try Nft.elements(door4).compactMap(\.timeout).sorted() == [600, 700, 700])
    }
  }

  @Test func setsAndTablesComeAndGo() throws {
    try Network.isolated {
      var events = try SetEvents()
      try Nft.load(doors)
      let coming = try drain(&events)
      #expect(coming.contains { if case .newTable(.inet, "t", _) = $0 { true } else { false } })
      #expect(coming.contains { if case .newSet(door6, _) = $0 { true } else { false } })
      try Nft.load("flush ruleset")
      let going = try drain(&events)
      #expect(going.contains { if case .deletedSet(door4, _) = $0 { true } else { false } })
      #expect(going.contains { if case .deletedTable(.inet, "t", _) = $0 { true } else { false } })
    }
  }

  @Test func lostEventsAreSaid() throws {
    try Network.isolated {
      try Nft.load(doors)
      var socket = try NftSocket()
      var events = try SetEvents()
      var batch = SetBatch()
      for index in 0..<1000 { batch.put(try element("10.0.\(index / 256).\(index % 256)"), in: door4, tag: index) }
      for _ in 0..<60 { #expect(socket.commit(batch).first?.effect == .applied) }
      #expect(try drain(&events).contains(.overrun))
    }
  }

  private func drain(_ events: inout SetEvents) throws -> [SetEvent] {
    var all: [SetEvent] = []
    while let some = try events.next() { all += some }
    return all
  }
}

extension SetEvent {
  fileprivate var port: UInt32? {
    switch self {
    case .newGeneration(_, _, let port), .newElement(_, _, let port), .deletedElement(_, _, let port), .newSet(_, let port),
      .deletedSet(_, let port), .newTable(_, _, let port), .deletedTable(_, _, let port):
      port
    case .overrun: nil
    }
  }
}
