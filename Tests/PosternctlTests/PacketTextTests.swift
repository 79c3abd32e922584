// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import Testing
import posternctl

@Suite struct PacketTextTests {
  @Test(arguments: ["4500ff", "45 00 FF", "45:00:ff", "  4500 \t ff\r"]) func digits(_ text: String) {
    #expect(PacketText(text)?.bytes == [0x45, 0, 0xff] && PacketText(text)?.time == nil)
  }

  @Test func aTimeInFront() {
    let packet = PacketText("2001-09-09T01:46:40.5Z 45 00")
    #expect(packet?.bytes == [0x45, 0] && packet?.time == Timestamp(nanoseconds: 1_000_000_000_500_000_000))
  }

  @Test(arguments: [
    "", " ", "4", "45 0", "0x45", "capture.pcap", "-", "2001-09-09T01:46:40Z", "45 2001-09-09T01:46:40Z", "\u{664}5",
  ])
  func noPacket(_ text: String) { #expect(PacketText(text) == nil) }

  @Test func blankLines() {
    #expect(["", " \t\r", "# 45", "  # x"].allSatisfy { PacketText.isBlank($0) })
    #expect(!PacketText.isBlank("45"))
  }
}
