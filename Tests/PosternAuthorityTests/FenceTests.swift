// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

@Suite struct FenceTests {
  /// Another gate's ring may tell of a later clock than its own.
  @Test func theFenceStandsBehindTheLatestOfAllClocks() throws {
    var replay = ReplayState(
      .missing, layout: try layout(16), identity: identity, history: .known, elsewhere: start + .seconds(1000))
    #expect(replay.latest == start + .seconds(1000) && replay.owesFence)
    replay.payFence(at: start)
    #expect(replay.floor == start + .seconds(1015))
  }

  private func image(_ change: (inout RingHeader) -> Void = { _ in }) -> RingReading {
    var header = RingHeader(
      slotCount: 4, sequence: 9, latest: start, identity: identity, owesFence: false,
      kind: .spa, floor: .zero, head: 1)
    change(&header)
    return .ring(RingImage(header: header, slots: Array(repeating: .empty, count: 4)))
  }

  @Test func table() {
    let cases: [(String, RingReading, Bool, Fence?)] = [
      ("known ring", image(), false, nil),
      ("missing", .missing, false, .missing),
      ("made with the key", .missing, true, nil),
      ("damaged", .damaged(.slot, nil), false, .damaged),
      ("damaged with a new key", .damaged(.header, nil), true, .damaged),
      ("boot", image { $0.identity.boot.low = 9 }, false, .otherBoot),
      ("boot, new key claimed", image { $0.identity.boot.low = 9 }, true, .otherBoot),
      ("machine", image { $0.identity.machine = .zero }, false, .otherMachine),
      ("gateway", image { $0.identity.gateway = 6 }, false, .otherGateway),
      ("owed", image { $0.owesFence = true }, false, .owed),
    ]
    for (name, reading, isNew, expected) in cases {
      #expect(Fence.reason(reading, identity: identity, history: isNew ? .new : .known, window) == expected, "\(name)")
    }
  }

  @Test(
    arguments: [
      ("missing", .missing, 15), ("old latest", .damaged(.slot, header(latest: start - .seconds(100))), 15),
      ("clock stepped back", .damaged(.slot, header(latest: start + .seconds(14))), 29),
      ("higher floor", .damaged(.slot, header(latest: start, floor: start + .seconds(99))), 99),
    ] as [(String, RingReading, Int64)])
  func floor(_ name: String, _ reading: RingReading, _ expected: Int64) throws {
    var state = try state(reading, slots: 4, history: .known)
    #expect(state.owesFence)
    state.payFence(at: start)
    #expect(!state.owesFence)
    #expect(state.floor == start + .seconds(expected))
    let atFloor = knock(1, start + .seconds(expected))
    #expect(denial { () throws(Denial) in try state.check(atFloor) } == .belowFloor)
    let above = knock(1, atFloor.stamp + Timestamp.Span(nanoseconds: 1))
    #expect(denial { () throws(Denial) in try state.check(above) } == nil)
  }

  @Test func paidOnce() throws {
    var state = try state(.missing, slots: 4, history: .known)
    state.payFence(at: start)
    state.payFence(at: start + .seconds(100))
    #expect(state.floor == start + .seconds(15))
  }

  @Test func namesAreDistinct() {
    #expect(Set(Fence.allCases.map(\.description)).count == Fence.allCases.count)
    #expect(Set(RingDamage.allCases.map(\.description)).count == RingDamage.allCases.count)
  }

  private static func header(latest: Timestamp, floor: Timestamp = .zero) -> RingHeader {
    RingHeader(
      slotCount: 4, sequence: 9, latest: latest, identity: identity, owesFence: false,
      kind: .spa, floor: floor, head: 1)
  }
}
