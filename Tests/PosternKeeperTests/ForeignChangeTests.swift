// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import Testing

/// What the keeper makes of somebody else's hands in the sets.
@Suite struct ForeignChangeTests {
  private let author = ForeignChange.Author(program: "nft", process: 77)

  private func change(_ body: (inout ForeignChange) -> Void) -> ForeignChange {
    var change = ForeignChange(author: author)
    body(&change)
    return change
  }

  @Test func setsThatComeBackGetTheirLeasesWithTheTimeThatRemains() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", lease: 100, id: 1))
    _ = bench.receive(Fixture.grant(key: 2, "192.0.2.8", lease: 50, id: 2))
    _ = bench.pass(seconds: 20)
    bench.kernel.removeAll()
    let events = bench.follow(
      change {
        $0.lost = [0, 1]
        $0.returned = [0, 1]
      })
    #expect(
      events == [.restored(["inet postern door4", "inet postern door6"], leases: 2, elements: 3, refused: [:], author)])
    #expect(bench.transactions == 3, "one transaction for all")
    #expect(bench.seconds(bench.element("192.0.2.7")) == 80)
    #expect(bench.seconds(bench.element("2001:db8::7")) == 80)
    #expect(bench.seconds(bench.element("192.0.2.8")) == 30)
  }

  @Test func aSharedElementComesBackForItsLongestHolder() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 100, id: 1), Fixture.grant(key: 2, lease: 40, id: 2))
    bench.kernel.removeAll()
    _ = bench.follow(change { $0.returned = [0] })
    #expect(bench.kernel[bench.element("192.0.2.7")]?.comment == "alice/laptop ssh 0000000000000001")
    #expect(bench.seconds(bench.element("192.0.2.7")) == 100)
  }

  @Test func grantsWaitWhileTheSetIsAway() throws {
    var bench = Bench()
    bench.faults[bench.element("192.0.2.7")] = .setMissing
    let events = bench.receive(Fixture.grant(lease: 60, id: 1))
    #expect(events.grants == 1)
    #expect(bench.keeper.absent == [0])
    #expect(bench.kernel.isEmpty)
    _ = bench.pass(seconds: 10)
    bench.faults.removeAll()
    _ = bench.follow(change { $0.returned = [0] })
    #expect(bench.seconds(bench.element("192.0.2.7")) == 50)
    #expect(bench.keeper.absent.isEmpty)
  }

  @Test func aLeaseThatWaitsTooLongEnds() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    bench.kernel.removeAll()
    #expect(bench.follow(change { $0.lost = [0] }) == [.setsLost(["inet postern door4"], leases: 1, author)])
    #expect(bench.pass(seconds: 30).count == 1)
    _ = bench.follow(change { $0.returned = [0] })
    #expect(bench.kernel.isEmpty)
  }

  @Test func lessThanASecondIsNotRestored() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    bench.now.uptime += 29_200_000_000
    bench.kernel.removeAll()
    _ = bench.follow(change { $0.returned = [0] })
    #expect(bench.kernel.isEmpty)
  }

  @Test func anElementDeletedByHandIsTheEndOfItsLease() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1))
    let element = bench.element("192.0.2.7")
    let lease = try #require(bench.keeper.book[LeaseID(1)])
    bench.kernel[element] = nil
    #expect(bench.follow(change { $0.deleted = [element] }) == [.deleted(lease, isOver: true, author)])
    #expect(bench.keeper.book.count == 0)
    _ = bench.follow(
      change {
        $0.lost = [0]
        $0.returned = [0]
      })
    #expect(bench.kernel.isEmpty, "never restored")
  }

  @Test func oneOfTwoElementsDeletedByHandLeavesTheOther() throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", id: 1))
    let deleted = bench.element("192.0.2.7")
    let events = bench.follow(change { $0.deleted = [deleted] })
    guard case .deleted(let lease, false, author)? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(lease.elements == [deleted])
    #expect(bench.keeper.book[LeaseID(1)]?.elements == [bench.element("2001:db8::7")])
  }

  @Test func allHoldersLoseAnElementDeletedByHand() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1), Fixture.grant(key: 2, id: 2))
    #expect(bench.follow(change { $0.deleted = [bench.element("192.0.2.7")] }).count == 2)
    #expect(bench.keeper.book.count == 0)
  }

  @Test func whatWasDeletedWithItsSetIsNoWordOfTheOperator() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1))
    _ = bench.follow(
      change {
        $0.lost = [0]
        $0.deleted = [bench.element("192.0.2.7")]
      })
    #expect(bench.keeper.book.count == 1)
  }

  @Test func foreignElementsGoWithTheirSetAndAreLeftAloneWhenTheyComeBack() {
    var bench = Bench()
    let element = bench.element("192.0.2.7")
    let byHand = FoundElement(element: element, remaining: 600_000, comment: "by hand")
    _ = bench.follow(change { $0.found = [byHand] })
    #expect(bench.keeper.book.foreignCount == 1)
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    #expect(bench.kernel[element] == nil, "the grant rides on the foreign element")
    _ = bench.follow(change { $0.lost = [0] })
    #expect(bench.keeper.book.foreignCount == 0)
    _ = bench.follow(
      change {
        $0.returned = [0]
        $0.found = [byHand]
      })
    #expect(bench.kernel[element] == nil, "the ruleset brought the foreign element itself")
    _ = bench.follow(
      change {
        $0.lost = [0]
        $0.returned = [0]
      })
    #expect(bench.kernel[element]?.comment == "alice/laptop ssh 0000000000000001")
  }

  @Test func aSavedRulesetThatIsLoadedAgainIsRecognised() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    let known = FoundElement(
      element: bench.element("192.0.2.7"), remaining: 25_000, comment: "alice/laptop ssh 0000000000000001")
    bench.kernel[known.element] = .init(end: bench.now.uptime + 25_000_000_000, comment: "")
    let unknown = FoundElement(
      element: bench.element("192.0.2.9"), remaining: 25_000, comment: "bob/desk ssh 0000000000000009")
    let events = bench.follow(
      change {
        $0.lost = [0]
        $0.returned = [0]
        $0.found = [known, unknown]
      })
    #expect(bench.keeper.book.foreignCount == 0)
    #expect(bench.keeper.book.count == 2)
    #expect(events.contains { if case .adopted(let lease, _) = $0 { lease.id == LeaseID(9) } else { false } })
    #expect(bench.seconds(bench.element("192.0.2.7")) == 30)
  }

  @Test func anOperatorMayProlongALease() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(lease: 30, id: 1))
    let longer = FoundElement(
      element: bench.element("192.0.2.7"), remaining: 300_000, comment: "alice/laptop ssh 0000000000000001")
    _ = bench.follow(change { $0.found = [longer] })
    _ = bench.pass(seconds: 31)
    #expect(bench.keeper.book[LeaseID(1)] != nil)
  }

  @Test(arguments: [Denial.setFull, .kernelRefused])
  func whatTheNewSetDoesNotTakeHasEnded(_ denial: Denial) throws {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1), Fixture.grant("192.0.2.8", id: 2))
    let lease = try #require(bench.keeper.book[LeaseID(1)])
    let element = bench.element("192.0.2.7")
    bench.faults[element] = denial
    let events = bench.follow(change { $0.returned = [0] })
    #expect(
      events == [
        .restored(["inet postern door4"], leases: 2, elements: 1, refused: [element: denial], author),
        .ended(lease, .notRestored),
      ])
    #expect(bench.keeper.book.count == 1)
  }

  @Test(arguments: [Denial.setMissing, .setForeignOwner, .setUnsuited])
  func whatMayPassIsWaitedFor(_ denial: Denial) {
    var bench = Bench()
    _ = bench.receive(Fixture.grant(id: 1))
    bench.faults[bench.element("192.0.2.7")] = denial
    _ = bench.follow(change { $0.returned = [0] })
    #expect(bench.keeper.book.count == 1)
    #expect(bench.keeper.absent == [0])
  }
}
