// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternWire
import Testing

/// Datagrams made by hand, as the kernel lays them out on a little-endian machine.
@Suite struct CaptureLedgerTests {
  private static let packetType: UInt16 = 4 << 8

  private func host16(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
  private func host32(_ value: UInt32) -> [UInt8] { host16(UInt16(value & 0xffff)) + host16(UInt16(value >> 16)) }
  private func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4) }

  private func attribute(_ type: UInt16, _ value: [UInt8], length: Int? = nil) -> [UInt8] {
    padded(host16(UInt16(length ?? value.count + 4)) + host16(type) + value)
  }

  private func message(_ type: UInt16, _ body: [UInt8], length: UInt32? = nil) -> [UInt8] {
    padded(host32(length ?? UInt32(16 + body.count)) + host16(type) + host16(0) + host32(0) + host32(0) + body)
  }

  private func packet(group: UInt8 = 5, sequence: UInt32? = nil, payload: [UInt8] = [1, 2, 3], more: [UInt8] = []) -> [UInt8] {
    var body: [UInt8] = [2, 0, 0, group] + more
    if let sequence {
      body += attribute(
        12, [UInt8(sequence >> 24), UInt8(sequence >> 16 & 255), UInt8(sequence >> 8 & 255), UInt8(sequence & 255)])
    }
    return message(Self.packetType, body + attribute(9, payload))
  }

  private struct Seen: Hashable {
    var group: UInt16
    var prefix: String
    var payload: [UInt8]
    var hardware: [UInt8]
    var hook: UInt8
    var mark: UInt32
    var interface: UInt32
  }

  private func walk(_ datagrams: [[UInt8]]) -> (seen: [Seen], counters: CaptureCounters) {
    var ledger = CaptureLedger()
    var seen: [Seen] = []
    for datagram in datagrams {
      datagram.withBytes { bytes in
        ledger.walk(bytes) { packet in
          seen.append(
            Seen(
              group: packet.group, prefix: String(decoding: packet.prefix.copied(), as: UTF8.self),
              payload: packet.payload.copied(),
              hardware: packet.hardwareAddress.copied(), hook: packet.hook, mark: packet.mark, interface: packet.inputInterface))
        }
      }
    }
    return (seen, ledger.counters)
  }

  private var everything: [UInt8] {
    let more =
      attribute(1, [0x08, 0, 3, 0]) + attribute(2, [0, 0, 1, 2]) + attribute(4, [0, 0, 0, 7])
      + attribute(8, [0, 6, 0, 0, 9, 8, 7, 6, 5, 4, 0, 0])
      + attribute(10, Array("spa:two\0".utf8)) + attribute(77, [1, 2, 3])
    return packet(group: 9, sequence: 1, payload: [0x45, 6, 7], more: more)
  }

  @Test func everyFieldIsRead() {
    let (seen, counters) = walk([everything])
    #expect(
      seen == [
        Seen(
          group: 9, prefix: "spa:two", payload: [0x45, 6, 7], hardware: [9, 8, 7, 6, 5, 4], hook: 3, mark: 0x102, interface: 7)
      ])
    #expect(counters.packets == 1 && counters.otherMessages == 0)
  }

  @Test func aBatchIsWalkedInOrder() {
    let done = message(3, [0, 0, 0, 0])
    let (seen, counters) = walk([packet(payload: [1]) + packet(group: 6, payload: [2, 2]) + packet(payload: [3]) + done])
    #expect(seen.map(\.payload) == [[1], [2, 2], [3]] && seen.map(\.group) == [5, 6, 5])
    #expect(counters.packets == 3 && counters.otherMessages == 0)
  }

  @Test func otherMessagesAreCounted() {
    let error = message(2, [UInt8](repeating: 0, count: 20))
    let config = message(Self.packetType | 1, [0, 0, 0, 5])
    let queue = message(3 << 8, [0, 0, 0, 5] + attribute(9, [1]))
    let (seen, counters) = walk([error + config + packet() + queue])
    #expect(seen.count == 1 && counters.otherMessages == 3)
  }

  @Test func lyingLengthsEndTheWalk() {
    for length: UInt32 in [0, 15, 1000, .max] {
      let (seen, counters) = walk([packet() + message(Self.packetType, [0, 0, 0, 5], length: length) + packet()])
      #expect(seen.count == 1 && counters.otherMessages == 1, "length \(length)")
    }
    for length in [0, 3, 4000] {
      let broken = message(Self.packetType, [2, 0, 0, 5] + attribute(10, [1, 2], length: length) + attribute(9, [1]))
      let (seen, counters) = walk([broken + packet()])
      #expect(seen.count == 1 && counters.otherMessages == 1, "attribute length \(length)")
    }
  }

  @Test func aPacketWithoutPayloadIsNone() {
    #expect(walk([message(Self.packetType, [2, 0, 0, 5] + attribute(10, [0x61, 0]))]).counters.otherMessages == 1)
    #expect(walk([message(Self.packetType, [2, 0, 0])]).counters.otherMessages == 1)
  }

  @Test func shortFieldsAreLeftAtTheirDefaults() {
    let more = attribute(1, [8, 0]) + attribute(2, [1]) + attribute(4, []) + attribute(8, [0, 6]) + attribute(12, [1, 2, 3])
    let (seen, counters) = walk([packet(more: more)])
    #expect(seen == [Seen(group: 5, prefix: "", payload: [1, 2, 3], hardware: [], hook: 0, mark: 0, interface: 0)])
    #expect(counters.lostBySequence == 0)
    // a hardware address that claims more bytes than there are
    #expect(walk([packet(more: attribute(8, [0xff, 0xff, 0, 0, 1, 2]))]).seen.first?.hardware == [1, 2])
  }

  @Test func everyTruncationIsSurvived() {
    let datagram = packet(payload: [1]) + everything
    for count in 0..<datagram.count {
      let (seen, counters) = walk([Array(datagram.prefix(count))])
      #expect(seen.count <= 1)
      #expect(Int(counters.packets) == seen.count)
    }
  }

  struct Losses: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sequences: [(UInt8, UInt32)]
    let lost: UInt64
  }

  @Test(arguments: [
    Losses(testDescription: "none", sequences: [(5, 7), (5, 8), (5, 9)], lost: 0),
    Losses(testDescription: "the first seen is the start", sequences: [(5, 1000)], lost: 0),
    Losses(testDescription: "a gap", sequences: [(5, 7), (5, 11), (5, 12)], lost: 3),
    Losses(testDescription: "groups are apart", sequences: [(5, 7), (6, 100), (5, 8), (6, 103)], lost: 2),
    Losses(testDescription: "wraparound", sequences: [(5, .max - 1), (5, .max), (5, 0), (5, 1)], lost: 0),
    Losses(testDescription: "a gap over the wraparound", sequences: [(5, .max - 1), (5, 1)], lost: 2),
    Losses(testDescription: "bound anew", sequences: [(5, 500), (5, 0), (5, 1), (5, 3)], lost: 1),
  ])
  func sequences(_ losses: Losses) {
    let counters = walk(losses.sequences.map { packet(group: $0.0, sequence: $0.1) }).counters
    #expect(counters.lostBySequence == losses.lost)
    #expect(counters.packets == UInt64(losses.sequences.count))
  }

  @Test func groupsAreBounded() {
    // the 65th group has no record, so its gap is not seen; nothing else changes
    let first = (0...64).map { packet(group: UInt8($0), sequence: 1) }
    let second = (0...64).map { packet(group: UInt8($0), sequence: 3) }
    #expect(walk(first + second).counters.lostBySequence == 64)
  }
}
