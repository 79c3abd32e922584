// SPDX-License-Identifier: Apache-2.0
@testable import PosternKeeper
import PosternKnock
import PosternWire
import Testing

/// Who is banned and who was, in numbers that an attacker would like.
@Suite struct BanBookTests {
  private func ban(_ number: UInt32, end: UInt64 = 10, repeats: UInt32 = 0) -> Ban {
    let source = Suspect.source(of: .v4(IPv4Address(0x0a00_0000 + number)))
    return Ban(source: source, cause: .evidence(.ports), repeats: repeats, since: .zero, end: end)
  }

  @Test func theSoonestEndComesFirst() {
    var book = BanBook()
    for (number, end) in [(1, 30), (2, 10), (3, 20)] as [(UInt32, UInt64)] { book.put(ban(number, end: end)) }
    #expect(book.nextEnd == 10 && book.all.map(\.end) == [10, 20, 30])
    #expect(book.removeEnded(at: 9).isEmpty)
    #expect(book.removeEnded(at: 20).map(\.end) == [10, 20])
    #expect(book.nextEnd == 30)
    book.remove(ban(1))
    #expect(book.nextEnd == nil && book.count == 0)
  }

  /// A ban that is lifted leaves an early moment behind; nothing ends then, and the right one comes next.
  @Test func anEarlyMomentIsHarmless() {
    var book = BanBook()
    book.put(ban(1, end: 10))
    book.put(ban(2, end: 20))
    book.remove(ban(1))
    #expect(book.removeEnded(at: 10).isEmpty)
    #expect(book.nextEnd == 20)
  }

  @Test func itIsFullAtSomePointAndFast() {
    var book = BanBook()
    let duration = ContinuousClock().measure { for number in 0..<65_536 as Range<UInt32> { book.put(ban(number)) } }
    #expect(book.isFull(isManual: false) && book.count == 65_536)
    #expect(!book.isFull(isManual: true), "an operator's ban has room of its own")
    #expect(duration < .seconds(20), "\(duration)")
    book.remove(ban(7))
    #expect(!book.isFull(isManual: false))
  }

  /// Of too many remembered sources the one is forgotten whose time comes first.
  @Test func theMemoryIsBounded() {
    var book = BanBook()
    for number in 0..<5000 as Range<UInt32> { book.remember(ban(number, repeats: 2), until: 1000 + UInt64(number)) }
    #expect(book.repeats(of: ban(0).source, at: 1) == 0 && book.repeats(of: ban(903).source, at: 1) == 0)
    #expect(book.repeats(of: ban(904).source, at: 1) == 3 && book.repeats(of: ban(4999).source, at: 1) == 3)
    #expect(book.repeats(of: ban(904).source, at: 1904) == 0, "forgotten in time")
    book.forgive(ban(4999).source)
    #expect(book.repeats(of: ban(4999).source, at: 1) == 0)
  }

  @Test func coveringFindsEveryLength() throws {
    var book = BanBook()
    for (text, isManual) in [
      ("2001:db8::/48", false), ("2001:db8:0:100::/56", true), ("2001:db8:0:101::/64", false), ("192.0.2.0/24", true),
    ] {
      let source = try #require(AddressPrefix(text))
      book.put(Ban(source: source, cause: isManual ? .operator(0) : .neighbours, repeats: 0, since: .zero, end: 9))
    }
    func covering(_ text: String) -> [String] { book.covering(Suspect.source(of: Fixture.ip(text))).map(\.sourceText).sorted() }
    #expect(covering("2001:db8:0:101::5") == ["2001:db8:0:100::/56", "2001:db8:0:101::/64", "2001:db8::/48"])
    #expect(covering("2001:db8:1::5").isEmpty && covering("192.0.2.9") == ["192.0.2.0/24"] && covering("192.0.3.9").isEmpty)
  }
}
