// SPDX-License-Identifier: Apache-2.0
import PosternGate
import PosternWire
import Testing

@Suite struct HeldSourceTests {
  private static func packet(_ from: String, _ to: String) throws -> [UInt8] {
    let source = try #require(IPAddress(from))
    let target = try #require(IPAddress(to))
    let builder = try #require(PacketBuilder(from: source, to: target))
    return builder.tcp(from: 50_000, to: 22, flags: .syn, payload: [])
  }

  @Test(arguments: [("192.0.2.7", "192.0.2.1", 16), ("2001:db8::7", "2001:db8::1", 24)])
  func theSourceOfAPacketThatWasCut(_ from: String, _ to: String, _ needed: Int) throws {
    let packet = try Self.packet(from, to)
    for length in 0...packet.count {
      let found = Array(packet.prefix(length)).withBytes { IPAddress(sourceOf: $0) }
      #expect(found == (length >= needed ? IPAddress(from) : nil), "\(length) bytes")
    }
  }

  @Test(arguments: [0, 1, 2, 3, 5, 7, 15]) func otherVersionsHaveNone(_ version: UInt8) {
    let bytes = [version << 4] + [UInt8](repeating: 1, count: 60)
    #expect(bytes.withBytes { IPAddress(sourceOf: $0) } == nil)
  }
}
