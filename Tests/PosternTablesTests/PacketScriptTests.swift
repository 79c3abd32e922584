// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire
import Testing

@Suite struct PacketScriptTests {
  @Test func everyField() throws {
    let script = try PacketScript(
      parsing: """
        # all of them
        keypkt {
          ip { daddr = 192.0.2.1; saddr = 192.0.2.7; tos = 0x10; id = 0b101; ttl = 077;
            tcp { sport = 1024; dport = 22; seq = 0xffffffff; ack = 1; flags = SA; data = "a\\"\\\\\\n\\r\\t\\0\\xfF"; } } }
        keypkt (2) { ip { daddr = any } udp { sport = 53 dport = 53 } }
        cmdpkt { ip { daddr = 2001:db8::1; icmp { type = 128; code = 0; id = 7; seq = 9; } } }
        """)
    #expect(script.packets.count == 4)
    let first = script.packets[0]
    #expect(first.destination == IPAddress("192.0.2.1") && first.source == IPAddress("192.0.2.7"))
    #expect(first.typeOfService == 16 && first.identification == 5 && first.hopLimit == 63)
    #expect(
      first.transport == .tcp(.init(source: 1024, destination: 22, sequence: .max, acknowledgement: 1, flags: 0x12)))
    #expect(first.data == [97, 34, 92, 10, 13, 9, 0, 255])
    #expect(script.packets[1...].allSatisfy { $0 == script.packets[1] })
    #expect(script.packets[1].destination == nil && script.packets[1].transport == .udp(source: 53, destination: 53))
    #expect(script.command.destination == IPAddress("2001:db8::1"))
    #expect(script.command.transport == .icmp(.init(type: 128, code: 0, identifier: 7, sequence: 9)))
  }

  static let flaws: [(String, Int, String)] = [
    ("", 1, "\"keypkt\" or \"cmdpkt\" is missing"),
    ("cmdpkt { ip { daddr = any; udp { } } }", 1, "there must be a \"keypkt\" before \"cmdpkt\""),
    ("keypkt { ip { daddr = any; udp { } } }", 1, "\"keypkt\" or \"cmdpkt\" is missing"),
    ("keypkt {\n ip { ttl = 1;\n udp { } } }", 3, "the packet has no \"daddr\""),
    ("keypkt { ip { daddr = any; } }", 1, "the packet has no \"tcp\", \"udp\" or \"icmp\""),
    ("keypkt { ip { daddr = any; udp { } tcp { } } }", 1, "a packet has one transport, not \"tcp\" as well"),
    ("keypkt { ip { daddr = any; sctp { } } }", 1, "unknown word \"sctp\""),
    ("keypkt { ip { daddr = any; udp { port = 1; } } }", 1, "unknown word \"port\""),
    ("keypkt { ip { daddr = here; udp { } } }", 1, "\"here\" is no address"),
    ("keypkt { ip { daddr = any; saddr = any; udp { } } }", 1, "\"any\" is no address"),
    ("keypkt { ip { daddr = any; udp { dport = 65536; } } }", 1, "a number from 0 to 65535 is missing"),
    ("keypkt { ip { daddr = any; udp { dport = 08; } } }", 1, "a number from 0 to 65535 is missing"),
    ("keypkt { ip { daddr = any; tcp { flags = SX; } } }", 1, "flags are a number or letters of FSRPAUEC"),
    ("keypkt { ip { daddr = any; icmp { type = 3; } } }", 1, "only echo types are matched: 0, 8, 128 and 129"),
    ("keypkt { ip { daddr = any; udp { data = \"x", 1, "the text in quotation marks does not end"),
    (
      "keypkt { ip { daddr = any; udp { data = \"\\q\"; } } }", 1,
      "only \\n, \\r, \\t, \\0, \\\\, \\\" and \\xNN may stand behind a backslash"
    ),
    ("keypkt { ip { daddr = any; udp { data = \"\\x1\"; } } }", 1, "\\x needs two hexadecimal digits"),
    ("keypkt { ip { daddr = any; udp { data = x; } } }", 1, "data stands in quotation marks"),
    ("keypkt (64) { ip { daddr = any; udp { } } }", 1, "there are more than 64 packets"),
    ("keypkt & { }", 1, "a sign that means nothing here"),
    ("keypkt { ip { daddr = any; udp { } } } cmdpkt { ip { daddr = any; udp { } } } keypkt", 1, "nothing may follow \"cmdpkt\""),
  ]

  @Test(arguments: flaws) func flaw(_ text: String, _ line: Int, _ reason: String) {
    do throws(PacketTextFlaw) {
      _ = try PacketScript(parsing: text)
      Issue.record("\(text) is a script")
    } catch {
      #expect(error.line == line && error.reason == reason, "\(text): \(error)")
    }
  }

  @Test func dataIsBounded() {
    for (length, isOne) in [(PacketDescription.longestData, true), (PacketDescription.longestData + 1, false)] {
      let packet = "{ ip { daddr = any; udp { data = \"\(String(repeating: "x", count: length))\"; } } }"
      #expect(((try? PacketScript(parsing: "keypkt \(packet) cmdpkt \(packet)")) != nil) == isOne)
    }
  }
}
