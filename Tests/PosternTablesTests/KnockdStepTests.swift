// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire
import Testing

@Suite struct KnockdStepTests {
  private func port(_ number: UInt16) throws -> Port { try #require(Port(number)) }

  @Test func reads() throws {
    let flags = try #require(TCPFlagTest("syn !ack"))
    #expect(KnockdStep("tcp/7000", flags: flags) == .tcp(try port(7000), flags))
    #expect(KnockdStep("tcp/7000 fin", flags: flags) == .tcp(try port(7000), try #require(TCPFlagTest("fin"))))
    #expect(KnockdStep("udp/8000", flags: flags) == .udp(try port(8000)))
    #expect(KnockdStep("echo", flags: flags) == .echo)
  }

  @Test(arguments: [
    "", "7000", "tcp/0", "tcp/65536", "tcp/+7", "tcp/7 nosuch", "tcp/7 ", "tcp/7  syn", "udp/7 syn", "echo syn", "icmp/8",
    "TCP/7", "tcp/7,udp/8",
  ])
  func refuses(_ text: String) { #expect(KnockdStep(text, flags: .any) == nil) }

  @Test func writesWhatItReads() throws {
    for text in ["tcp/7000", "tcp/7000 syn !ack", "udp/8000", "echo"] {
      #expect(KnockdStep(text, flags: .any)?.description == text)
    }
  }

  @Test(
    arguments: [
      ("7000", "tcp/7000"), (" 7000 ", "tcp/7000"), ("7000:tcp", "tcp/7000"), ("7000:TCP", "tcp/7000"),
      ("7000 : udp", "udp/7000"),
      ("7000:Udp\t", "udp/7000"), ("7000:", nil), ("7000:icmp", nil), ("0", nil), ("70000", nil), ("7000:udp:tcp", nil),
      (":udp", nil),
      ("ssh", nil), ("70 00", nil),
    ] as [(String, String?)])
  func readsAsKnockdDoes(_ text: String, _ step: String?) {
    #expect(KnockdStep(knockd: text, flags: .any)?.description == step)
  }

  @Test(arguments: [
    ("tcp/1", "tcp/1", true), ("tcp/1", "tcp/2", false), ("tcp/1", "udp/1", false), ("udp/1", "udp/1", true),
    ("echo", "echo", true),
    ("echo", "udp/1", false), ("tcp/1 syn", "tcp/1 !syn", false), ("tcp/1 syn", "tcp/1 fin", true),
  ])
  func overlaps(_ one: String, _ other: String, _ overlaps: Bool) throws {
    let (one, other) = (try #require(KnockdStep(one, flags: .any)), try #require(KnockdStep(other, flags: .any)))
    #expect(one.overlaps(other) == overlaps && other.overlaps(one) == overlaps)
  }
}
