// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternSets
import PosternWire
import Testing

/// What a kernel sent, byte for byte, about a stream to 127.0.0.1 port 22 and a datagram to ::1 port 53.
@Suite struct FlowEventTests {
  private static let closing =
    "d8000000000100000000000000000000020000003400018014000180080001007f000001080002007f0000011c00028005000100"
    + "0600000006000200d476000006000300001600003400028014000180080001007f000001080002007f0000011c00028005000100"
    + "06000000060002000016000006000300d476000008000c0081588130080003000000000e0800070000000078300004802c000180"
    + "0500010007000000050002000a000000050003000a0000000600040027000000060005002300000008000800200000070c001b00"
    + "18eb02efbb9e2baf"
  private static let streamGone =
    "0c01000002010000000000004f188ce6020000003400018014000180080001007f000001080002007f0000011c00028005000100"
    + "0600000006000200d476000006000300001600003400028014000180080001007f000001080002007f0000011c00028005000100"
    + "06000000060002000016000006000300d476000008000c0081588130080003000000020e08000700000000771c0009800c000100"
    + "00000000000000050c00020000000000000001111c000a800c00010000000000000000030c00020000000000000000a41c001480"
    + "0c00010018eb02efbb9c2ff00c00020018eb02efd37e6907100004800c000180050001000700000008000800200000070c001b00"
    + "18eb02efd37e6943"
  private static let datagramGone =
    "2c01000002010000000000004f188ce60a0000004c0001802c000180140003000000000000000000000000000000000114000400"
    + "000000000000000000000000000000011c000280050001001100000006000200ba6c000006000300003500004c0002802c000180"
    + "140003000000000000000000000000000000000114000400000000000000000000000000000000011c0002800500010011000000"
    + "060002000035000006000300ba6c000008000c008bb1d4360800030000000208080007000000001d1c0009800c00010000000000"
    + "000000010c00020000000000000000311c000a800c00010000000000000000000c00020000000000000000001c0014800c000100"
    + "18eb02efc78d3f660c00020018eb02efd37da29208000800200000000c001b0018eb02efd37da364"
  private static let recorded = [closing, streamGone, datagramGone]

  private static func events(_ bytes: [UInt8]) -> [FlowEvent] { bytes.withBytes { FlowEvent.events(in: $0) } }

  private static func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

  private static func flow(_ hex: String, isGone: Bool) throws -> Flow {
    switch try #require(events(try bytes(hex)).first) {
    case .seen(let flow):
      #expect(!isGone)
      return flow
    case .gone(let flow):
      #expect(isGone)
      return flow
    case .overrun: throw WireError.malformed
    }
  }

  @Test func aStreamThatCloses() throws {
    let flow = try Self.flow(Self.closing, isGone: false)
    let loopback = try #require(IPAddress("127.0.0.1"))
    let tuple = FlowTuple(
      source: loopback, sourcePort: 54390, destination: loopback, destinationPort: 22, transport: .tcp)
    #expect(flow.tuple == tuple && flow.server == loopback && flow.serverPort == 22)
    #expect(flow.id == 0x81588130 && flow.mark == 0x2000_0007 && flow.tcpState == 7 && flow.isOver)
    #expect(flow.packets == nil && flow.bytes == nil && flow.start == nil, "such events do not count")
    #expect(FlowMarks.standard.isSession(flow.mark) && !FlowMarks.standard.isCut(flow.mark))
  }

  @Test func aStreamThatIsGone() throws {
    let flow = try Self.flow(Self.streamGone, isGone: true)
    #expect(flow.packets == 8 && flow.bytes == 437, "of both directions")
    #expect(flow.start == Timestamp(nanoseconds: 1795532105105289200))
  }

  @Test func aDatagramFlowOfIPv6() throws {
    let flow = try Self.flow(Self.datagramGone, isGone: true)
    #expect(flow.tuple.description == "udp ::1 port 47724 to ::1 port 53")
    #expect(flow.packets == 1 && flow.bytes == 49 && flow.tcpState == nil && !flow.isOver)
  }

  @Test(arguments: recorded) func whatIsCutOffIsNoEvent(_ hex: String) throws {
    let whole = try Self.bytes(hex)
    for count in 0..<whole.count { #expect(Self.events(Array(whole.prefix(count))).isEmpty, "\(count) bytes") }
    #expect(Self.events(whole + whole).count == 2)
  }

  /// Whatever a bit makes of it, it is one event at most, and never of two families.
  @Test(arguments: recorded) func noFlippedBitMakesNonsense(_ hex: String) throws {
    let whole = try Self.bytes(hex)
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let events = Self.events(bytes)
      #expect(events.count <= 1)
      guard case .seen(let flow)? = events.first else { continue }
      #expect(flow.tuple.source.family == flow.tuple.destination.family)
    }
  }
}
