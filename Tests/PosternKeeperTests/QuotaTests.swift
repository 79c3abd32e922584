// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// What a door bounds for all users together, users who are only observed, and users who are switched off.
@Suite struct QuotaTests {
  private static func bench(_ change: (inout KeeperTables) -> Void) -> Bench {
    var tables = Fixture.tables()
    change(&tables)
    return Bench(tables)
  }

  @Test func leasesOfADoorAreCountedOverAllUsers() {
    var bench = Self.bench { $0.doors[0].leases = 2 }
    #expect(bench.receive(Fixture.grant("192.0.2.7", id: 1), Fixture.grant(key: 2, "192.0.2.8", id: 2)).grants == 2)
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.9", id: 3)).denials == [.tooManyLeases])
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.8", id: 4)).grants == 1, "a renewal takes no further place")
    #expect(bench.receive(Fixture.grant(door: 1, "192.0.2.9", id: 5)).grants == 1, "another door has its own")
    _ = bench.pass(seconds: 31)
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.9", id: 6)).grants == 1)
  }

  @Test func grantsOfADoorAreCountedOverAllUsers() {
    var bench = Self.bench { $0.doors[0].grantsPerMinute = 2 }
    #expect(bench.receive(Fixture.grant(id: 1), Fixture.grant(key: 2, "192.0.2.8", id: 2)).grants == 2)
    #expect(bench.receive(Fixture.grant(id: 3)).denials == [.tooManyGrants])
    #expect(bench.receive(Fixture.grant(door: 1, id: 4)).grants == 1)
    _ = bench.pass(seconds: 30)
    #expect(bench.receive(Fixture.grant(id: 5)).grants == 1)
  }

  /// Somebody over his own rate must not use up what the door has for others.
  @Test func theUserComesBeforeTheDoor() {
    var bench = Self.bench {
      $0.users[0].grantsPerMinute = 1
      $0.doors[0].grantsPerMinute = 2
    }
    #expect(bench.receive(Fixture.grant(id: 1)).grants == 1)
    for id in 2...9 as ClosedRange<UInt64> { #expect(bench.receive(Fixture.grant(id: id)).denials == [.tooManyGrants]) }
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.8", id: 10)).grants == 1)
  }

  @Test func theDoorsOwnBoundCutsTheDemand() {
    #expect(GrantRules(tables: Fixture.tables(), generation: 1).demand() == [6, 4])
    var tables = Fixture.tables()
    tables.doors[0].leases = 3
    #expect(GrantRules(tables: tables, generation: 1).demand() == [5, 3])
  }

  @Test func anObservedUserOpensNothingAndIsTold() throws {
    var bench = Self.bench { $0.users[0].observesOnly = true }
    let events = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", id: 0xabc))
    guard case .observed(let lease, let seconds, _)? = events.first, events.count == 1 else {
      Issue.record("\(events)")
      return
    }
    #expect(seconds == 30 && lease.comment.description == "alice/laptop ssh 0000000000000abc")
    #expect(lease.elements == [bench.element("192.0.2.7"), bench.element("2001:db8::7")])
    #expect(bench.kernel.isEmpty && bench.transactions == 0 && bench.keeper.book.count == 0)
    let record = AuditRecord(try #require(events.first), stamp: EventStamp(sequence: 1, run: 1, boot: 2), time: bench.now)
    let line = String(decoding: record.json, as: UTF8.self)
    #expect(line.contains(#""event":"observed","user":"alice","key":"laptop","door":"ssh""#) && line.contains("192.0.2.7 tcp/22"))
    #expect(bench.receive(Fixture.grant("127.0.0.1", id: 2)).denials == [.addressNotAllowed], "he is judged as others are")
    #expect(bench.receive(Fixture.grant(key: 2, "192.0.2.8", id: 3)).grants == 1, "others are served")
  }

  @Test func observedKnocksCountAsGrants() {
    var bench = Self.bench {
      $0.users[0].observesOnly = true
      $0.users[0].grantsPerMinute = 1
    }
    #expect(bench.receive(Fixture.grant(id: 1), Fixture.grant(id: 2)).denials == [.tooManyGrants])
  }

  @Test func aDisabledUserIsRefusedWhateverTheGateSays() {
    var bench = Self.bench { $0.users[0].isDisabled = true }
    #expect(bench.receive(Fixture.grant(id: 1), Fixture.grant(id: 2, action: .close)).denials == [.userDisabled, .userDisabled])
    #expect(bench.transactions == 0 && bench.receive(Fixture.grant(key: 2, "192.0.2.8", id: 3)).grants == 1)
  }
}
