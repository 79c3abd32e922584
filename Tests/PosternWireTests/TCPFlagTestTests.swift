// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct TCPFlagTestTests {
  @Test(
    arguments: [
      ("", [], []), ("syn", [.syn], []), ("syn !ack", [.syn], [.ack]), ("!ack syn", [.syn], [.ack]),
      ("fin psh urg !syn", [.fin, .psh, .urg], [.syn]), ("!cwr !ece rst", [.rst], [.cwr, .ece]),
    ] as [(String, TCPHeader.Flags, TCPHeader.Flags)])
  func reads(_ text: String, _ set: TCPHeader.Flags, _ clear: TCPHeader.Flags) throws {
    let test = try #require(TCPFlagTest(text))
    #expect(test.set == set && test.clear == clear)
    #expect(TCPFlagTest(test.description) == test)
    #expect(TCPFlagTest(set: set, clear: clear) == test)
  }

  @Test(arguments: [" ", "SYN", "syn,ack", "syn syn", "syn !syn", "!", "! ack", "syn  ack", "syn ", "null"])
  func refuses(_ text: String) { #expect(TCPFlagTest(text) == nil) }

  @Test func refusesBothWays() { #expect(TCPFlagTest(set: [.syn, .ack], clear: .ack) == nil) }

  @Test(
    arguments: [
      ("", [], true), ("", [.syn, .ack], true), ("syn", [.syn], true), ("syn", [.syn, .ack], true), ("syn", [.ack], false),
      ("syn !ack", [.syn, .ack], false), ("syn !ack", [.syn, .psh], true), ("fin psh urg !syn", [.fin, .psh, .urg, .ack], true),
      ("fin psh", [.fin], false),
    ] as [(String, TCPHeader.Flags, Bool)])
  func fits(_ text: String, _ flags: TCPHeader.Flags, _ fits: Bool) {
    #expect(TCPFlagTest(text)?.fits(flags) == fits)
  }

  @Test(arguments: [("syn", "fin", true), ("syn", "!syn", false), ("syn !ack", "ack", false), ("", "rst", true)])
  func overlaps(_ one: String, _ other: String, _ overlaps: Bool) throws {
    let (one, other) = (try #require(TCPFlagTest(one)), try #require(TCPFlagTest(other)))
    #expect(one.overlaps(other) == overlaps && other.overlaps(one) == overlaps)
    let all = (0...255).map { TCPHeader.Flags(rawValue: UInt8($0)) }
    #expect(all.contains { one.fits($0) && other.fits($0) } == overlaps)
  }
}
