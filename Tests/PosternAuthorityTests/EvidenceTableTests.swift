// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct EvidenceTableTests {
  static let limits = EvidenceLimits(window: .seconds(60), ports: 4, refusals: 6, codes: 2, suspectsPerMinute: 3)

  static func v4(_ number: UInt32) -> AddressPrefix { Suspect.source(of: .v4(IPv4Address(0xc000_0200 + number))) }

  /// The table, in a place where expectations may change it.
  private final class Table {
    private var table = EvidenceTable(EvidenceTableTests.limits, seed: 7)

    func note(_ kind: EvidenceKind, _ value: UInt32 = 0, of source: AddressPrefix, at now: Timestamp) -> Bool {
      table.note(kind, value, of: source, at: now)
    }

    func clear(_ source: AddressPrefix, at now: Timestamp) { table.clear(source, for: .seconds(60), at: now) }
  }

  @Test func differentPortsCountOnceEach() {
    let table = Table()
    for _ in 0..<100 { #expect(!table.note(.ports, 22, of: Self.v4(1), at: start)) }
    #expect(!table.note(.ports, 23, of: Self.v4(1), at: start))
    #expect(!table.note(.ports, 24, of: Self.v4(1), at: start))
    #expect(!table.note(.ports, 25, of: Self.v4(2), at: start), "another source")
    #expect(table.note(.ports, 25, of: Self.v4(1), at: start))
  }

  @Test func theWindowSlides() {
    let table = Table()
    for port in 1...3 { #expect(!table.note(.ports, UInt32(port), of: Self.v4(1), at: start + .seconds(Int64(port) * 10))) }
    // The first is 60 s old and counts no more; the one that replaces it makes three again.
    #expect(!table.note(.ports, 4, of: Self.v4(1), at: start + .seconds(70)))
    #expect(table.note(.ports, 5, of: Self.v4(1), at: start + .seconds(79)))
  }

  @Test func aPortThatIsTouchedAgainIsYoungAgain() {
    let table = Table()
    for port in [1, 2, 3] as [UInt32] { #expect(!table.note(.ports, port, of: Self.v4(1), at: start)) }
    for port in [1, 2, 3] as [UInt32] { #expect(!table.note(.ports, port, of: Self.v4(1), at: start + .seconds(50))) }
    #expect(table.note(.ports, 4, of: Self.v4(1), at: start + .seconds(100)))
  }

  @Test func kindsDoNotMix() {
    let table = Table()
    for _ in 0..<5 { #expect(!table.note(.refusals, of: Self.v4(1), at: start)) }
    #expect(!table.note(.codes, of: Self.v4(1), at: start))
    for port in 1...3 { #expect(!table.note(.ports, UInt32(port), of: Self.v4(1), at: start)) }
    #expect(table.note(.codes, of: Self.v4(1), at: start))
    #expect(table.note(.refusals, of: Self.v4(1), at: start))
  }

  @Test func whoProvedHimselfIsLeftAloneForAWindow() {
    let table = Table()
    #expect(!table.note(.codes, of: Self.v4(1), at: start))
    table.clear(Self.v4(1), at: start)
    for second in 0..<59 { #expect(!table.note(.codes, of: Self.v4(1), at: start + .seconds(Int64(second)))) }
    #expect(!table.note(.codes, of: Self.v4(1), at: start + .seconds(61)))
    #expect(table.note(.codes, of: Self.v4(1), at: start + .seconds(62)))
  }

  /// Evidence of the future, and quiet until the far future, count for nothing.
  @Test func aClockThatIsSetBackForgets() {
    let table = Table()
    table.clear(Self.v4(1), at: start)
    #expect(!table.note(.codes, of: Self.v4(1), at: start - .seconds(3600)))
    #expect(table.note(.codes, of: Self.v4(1), at: start - .seconds(3599)))
    let other = Table()
    #expect(!other.note(.codes, of: Self.v4(1), at: start))
    #expect(!other.note(.codes, of: Self.v4(1), at: start - .seconds(3600)))
  }

  /// The weak make room, the strong stay: a scan that was noted is not washed away by single packets of a hundred thousand others.
  @Test func aFloodOfForgedSourcesOverwritesTheWeakest() {
    let table = Table()
    for port in 1...3 { #expect(!table.note(.ports, UInt32(port), of: Self.v4(1), at: start)) }
    for number in 0..<100_000 as Range<UInt32> {
      let forged = Suspect.source(of: .v4(IPv4Address(0x0a00_0000 + number)))
      #expect(!table.note(.ports, 22, of: forged, at: start + .seconds(1)))
    }
    #expect(table.note(.ports, 4, of: Self.v4(1), at: start + .seconds(2)))
  }

  /// Whoever was told of or proved himself stays so under the same flood.
  @Test func quietStays() {
    let table = Table()
    table.clear(Self.v4(1), at: start)
    for number in 0..<100_000 as Range<UInt32> {
      _ = table.note(.ports, number & 3, of: Suspect.source(of: .v4(IPv4Address(0x0a00_0000 + number / 4))), at: start)
    }
    for _ in 0..<10 { #expect(!table.note(.codes, of: Self.v4(1), at: start + .seconds(5))) }
  }

  @Test func sixtyFourBitsOfIPv6AreOneSource() throws {
    let table = Table()
    let addresses = try ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"].map { try #require(IPAddress($0)) }
    #expect(!table.note(.codes, of: Suspect.source(of: addresses[0]), at: start))
    #expect(!table.note(.codes, of: Suspect.source(of: addresses[2]), at: start))
    #expect(table.note(.codes, of: Suspect.source(of: addresses[1]), at: start))
  }
}
