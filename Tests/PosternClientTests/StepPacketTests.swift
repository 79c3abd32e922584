// SPDX-License-Identifier: Apache-2.0
import PosternClient
import PosternProtocols
import PosternWire
import Testing

/// The packets that steps become, read back by the code that reads packets.
@Suite struct StepPacketTests {
  static let chance = StepChance(source: 50_000, sequence: 0x0102_0304, identifier: 0x0506)

  private func view<Result>(
    _ step: KnockStep, _ from: String = "192.0.2.7", _ to: String = "192.0.2.1",
    _ read: (borrowing PacketView) throws -> Result
  ) throws -> Result {
    let builder = try Made.builder(from, to)
    return try step.packet(builder, chance: Self.chance).withBytes { bytes in
      let view = try PacketView(bytes)
      return try read(view)
    }
  }

  @Test(arguments: [("192.0.2.7", "192.0.2.1"), ("2001:db8::7", "2001:db8::1")])
  func chosenFields(_ from: String, _ to: String) throws {
    let fields = KnockStep.TCPFields(
      flags: [.syn, .ece], source: Port(1000), sequence: 17, acknowledgement: 777, window: 512, urgentPointer: 3, options: [])
    try view(KnockStep(.tcp(fields), port: 1022, payload: [9, 8]), from, to) { view in
      guard case .tcp(let header) = view.transport else {
        Issue.record("no TCP")
        return
      }
      #expect(header.flags == [.syn, .ece] && header.sourcePort == 1000 && header.destinationPort == 1022)
      #expect(header.sequence == 17 && header.acknowledgement == 777 && header.window == 512 && header.urgentPointer == 3)
      #expect(header.headerLength == 20 && view.payload.byteCount == 2)
    }
    let message = KnockStep.ICMPFields(type: 13, code: 2, identifier: 4, sequence: 5)
    try view(KnockStep(.icmp(message), port: 0), from, to) { view in
      guard case .icmp(let header) = view.transport else {
        Issue.record("no ICMP")
        return
      }
      #expect(header.type == 13 && header.code == 2 && header.identifier == 4 && header.sequence == 5)
    }
  }

  @Test func whatIsLeftToChance() throws {
    try view(KnockStep(.tcp(.init()), port: 22)) { view in
      guard case .tcp(let header) = view.transport else {
        Issue.record("no TCP")
        return
      }
      #expect(header.sourcePort == 50_000 && header.sequence == 0x0102_0304 && header.acknowledgement == 0)
      #expect(header.window == 64_240 && header.headerLength == 24, "a SYN has the option that every SYN has")
    }
    try view(KnockStep(.tcp(.init(flags: .ack)), port: 22)) { view in
      guard case .tcp(let header) = view.transport else {
        Issue.record("no TCP")
        return
      }
      #expect(header.headerLength == 20)
    }
    try view(.udp(7000, [0])) { view in
      guard case .udp(let header) = view.transport else {
        Issue.record("no UDP")
        return
      }
      #expect(header.sourcePort == 50_000 && header.destinationPort == 7000)
    }
  }

  @Test(arguments: [("192.0.2.7", "192.0.2.1", UInt8(8)), ("2001:db8::7", "2001:db8::1", 128)])
  func anEchoRequestIsOfItsFamily(_ from: String, _ to: String, _ type: UInt8) throws {
    try view(.echo([1]), from, to) { view in
      guard case .icmp(let header) = view.transport else {
        Issue.record("no ICMP")
        return
      }
      #expect(header.type == type && header.code == 0 && header.identifier == 0x0506 && header.sequence == 1)
    }
  }

  @Test func withoutAChecksum() throws {
    let step = KnockStep(.tcp(.init(omitsChecksum: true)), port: 22)
    let builder = try Made.builder("192.0.2.7", "192.0.2.1")
    let packet = step.packet(builder, chance: Self.chance)
    #expect(packet[36] == 0 && packet[37] == 0)
    #expect(packet.withBytes { (try? PacketView($0)) == nil })
  }

  @Test func chanceDiffers() throws {
    let drawn = try (0..<32).map { _ in try StepChance.draw() }
    #expect(Set(drawn).count == drawn.count && drawn.allSatisfy { $0.source >= 49_152 })
  }
}
