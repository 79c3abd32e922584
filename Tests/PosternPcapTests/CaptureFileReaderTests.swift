// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternPcap
import PosternWire
import Testing

@Suite struct CaptureFileReaderTests {
  private static let one: [UInt8] = [0x45, 1, 2, 3, 4]
  private static let two: [UInt8] = [0x60, 9, 8]

  struct Clock: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var magic: UInt32
    var fraction: UInt32
    var nanoseconds: UInt64
  }

  static let clocks: [Clock] = [
    .init(testDescription: "microseconds", magic: 0xa1b2_c3d4, fraction: 999_999, nanoseconds: 1_800_000_000_999_999_000),
    .init(testDescription: "nanoseconds", magic: 0xa1b2_3c4d, fraction: 999_999_999, nanoseconds: 1_800_000_000_999_999_999),
  ]

  @Test(arguments: clocks, ByteOrder.allCases) func pcap(_ clock: Clock, _ order: ByteOrder) {
    let file = PcapFile(order, magic: clock.magic, link: 1)
      .adding(Self.one, seconds: 1_800_000_000, fraction: clock.fraction).adding(Self.two, length: 60)
    let read = ReadCapture(file.bytes)
    #expect(read.flaw == nil && read.frames == [Self.one, Self.two])
    #expect(read.records.first?.time == Timestamp(nanoseconds: clock.nanoseconds))
    #expect(read.records.map(\.linkType) == [1, 1] && read.records.map(\.order) == [order, order])
    #expect(read.records.map(\.isCut) == [false, true] && read.records.last?.length == 60)
  }

  /// Bits above the link type tell of frame check sequences.
  @Test func frameCheckSequencesAreNoOtherLink() {
    #expect(ReadCapture(PcapFile(link: 0x1400_0001).adding(Self.one).bytes).records.map(\.linkType) == [1])
  }

  @Test(arguments: ByteOrder.allCases) func pcapng(_ order: ByteOrder) {
    let file = PcapngFile().section(order).interface(link: 1).interface(link: 101, snapshot: 4)
      .block(5, [1, 2, 3, 4, 5, 6, 7, 8]).enhanced(Self.one, interface: 1, ticks: 1_800_000_000_000_001).block(0x0bad, [])
      .obsolete(Self.two, ticks: 1_800_000_000_000_002).simple(Self.one)
    let read = ReadCapture(file.bytes)
    #expect(read.flaw == nil && read.frames == [Self.one, Self.two, Self.one])
    #expect(read.records.map(\.linkType) == [101, 1, 1])
    #expect(
      read.records.map(\.time?.nanoseconds) == [1_800_000_000_000_001_000, 1_800_000_000_000_002_000, nil])
  }

  @Test func sectionsHaveTheirOwnByteOrderAndInterfaces() {
    let file = PcapngFile().section(.little).interface(link: 1).enhanced(Self.one).section(.big).interface(link: 113)
      .enhanced(Self.two).section(.little)
    let read = ReadCapture(file.bytes)
    #expect(read.flaw == nil && read.frames == [Self.one, Self.two])
    #expect(read.records.map(\.linkType) == [1, 113] && read.records.map(\.order) == [.little, .big])
    #expect(ReadCapture(file.enhanced(Self.one).bytes).flaw == .unknownInterface(at: file.bytes.count))
  }

  @Test func aSimplePacketIsAsLongAsItsInterfaceKeeps() {
    let read = ReadCapture(PcapngFile().section(.big).interface(snapshot: 4).simple([1, 2, 3, 4], length: 9).bytes)
    #expect(read.frames == [[1, 2, 3, 4]] && read.records.first?.length == 9 && read.records.first?.isCut == true)
  }

  struct Ticks: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var resolution: UInt8?
    var offset: Int64?
    var ticks: UInt64
    var nanoseconds: UInt64?
  }

  static let ticks: [Ticks] = [
    .init(testDescription: "default", ticks: 1_500_000, nanoseconds: 1_500_000_000),
    .init(testDescription: "seconds", resolution: 0, ticks: 7, nanoseconds: 7_000_000_000),
    .init(testDescription: "milliseconds", resolution: 3, ticks: 1_234, nanoseconds: 1_234_000_000),
    .init(
      testDescription: "nanoseconds", resolution: 9, ticks: 1_800_000_000_123_456_789, nanoseconds: 1_800_000_000_123_456_789),
    .init(testDescription: "picoseconds", resolution: 12, ticks: 1_999_999_999_999, nanoseconds: 1_999_999_999),
    .init(testDescription: "the finest decimal", resolution: 19, ticks: .max, nanoseconds: 1_844_674_407),
    .init(testDescription: "1/1024 s", resolution: 0x8a, ticks: 1536, nanoseconds: 1_500_000_000),
    .init(testDescription: "NTP fractions", resolution: 0xa0, ticks: 3 << 31, nanoseconds: 1_500_000_000),
    .init(testDescription: "the finest binary", resolution: 0xbf, ticks: .max, nanoseconds: 1_999_999_999),
    .init(testDescription: "whole binary seconds", resolution: 0x80, ticks: 5, nanoseconds: 5_000_000_000),
    .init(testDescription: "offset", offset: 1_800_000_000, ticks: 1, nanoseconds: 1_800_000_000_000_001_000),
    .init(testDescription: "offset back", offset: -1, ticks: 1_500_000, nanoseconds: 500_000_000),
    .init(testDescription: "before 1970", offset: -2, ticks: 1_500_000, nanoseconds: nil),
    .init(testDescription: "offset beyond all", offset: .max, ticks: 1_000_000, nanoseconds: nil),
    .init(testDescription: "after 2554", resolution: 0, ticks: .max, nanoseconds: nil),
    .init(testDescription: "the last second", resolution: 0, ticks: 18_446_744_073, nanoseconds: 18_446_744_073_000_000_000),
  ]

  @Test(arguments: ticks, ByteOrder.allCases) func timesOfPcapng(_ row: Ticks, _ order: ByteOrder) {
    var options: [PcapngFile.Option] = [.init(code: 2, value: Array("eth0".utf8) + [0])]
    if let resolution = row.resolution { options.append(.init(code: 9, value: [resolution])) }
    if let offset = row.offset {
      var writer = OrderedWriter(order)
      writer.u64(UInt64(bitPattern: offset))
      options.append(.init(code: 14, value: writer.bytes))
    }
    let read = ReadCapture(PcapngFile().section(order).interface(options: options).enhanced(Self.one, ticks: row.ticks).bytes)
    #expect(read.flaw == nil && read.records.count == 1)
    #expect(read.records.first?.time?.nanoseconds == row.nanoseconds)
  }

  // MARK: Files that lie

  struct Lie: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var flaw: CaptureFlaw
    var packets = 0
  }

  private static let classic = PcapFile().adding(one)
  private static let section = PcapngFile().section(.little)
  private static let described = section.interface()
  private static let tooLong = UInt32(CaptureFileReader.maximumPacket) + 1

  static let lies: [Lie] = [
    .init(testDescription: "nothing", bytes: [], flaw: .unknownFormat),
    .init(testDescription: "text", bytes: Array("4500\n".utf8), flaw: .unknownFormat),
    .init(testDescription: "pcap of another version", bytes: PcapFile(major: 543).bytes, flaw: .unknownVersion(major: 543)),
    .init(
      testDescription: "pcap, packet too long", bytes: classic.adding(one, captured: tooLong).bytes,
      flaw: .packetTooLong(at: 24 + 16 + 5), packets: 1),
    .init(
      testDescription: "pcap, packet of four gigabytes", bytes: classic.adding(one, captured: .max).bytes,
      flaw: .packetTooLong(at: 24 + 16 + 5), packets: 1),
    .init(
      testDescription: "pcap, packet longer than the file", bytes: classic.adding(one, captured: 6).bytes,
      flaw: .truncated(at: 24 + 16 + 5), packets: 1),
    .init(testDescription: "pcapng without magic", bytes: PcapngFile().section(.big, magic: 1).bytes, flaw: .unknownFormat),
    .init(
      testDescription: "pcapng of another version", bytes: PcapngFile().section(.big, major: 2).bytes,
      flaw: .unknownVersion(major: 2)),
    .init(testDescription: "block of no length", bytes: section.block(5, [], length: 0).bytes, flaw: .wrongLength(at: 28)),
    .init(testDescription: "block of eleven bytes", bytes: section.block(5, [], length: 11).bytes, flaw: .wrongLength(at: 28)),
    .init(testDescription: "odd block", bytes: section.block(5, [0, 0, 0, 0], length: 14).bytes, flaw: .wrongLength(at: 28)),
    .init(
      testDescription: "block of four gigabytes", bytes: section.block(5, [], length: 0xffff_fffc).bytes, flaw: .truncated(at: 28)
    ),
    .init(testDescription: "two lengths", bytes: section.block(5, [0, 0, 0, 0], trailer: 12).bytes, flaw: .wrongLength(at: 28)),
    .init(testDescription: "packet without interface", bytes: section.enhanced(one).bytes, flaw: .unknownInterface(at: 28)),
    .init(testDescription: "simple packet without interface", bytes: section.simple(one).bytes, flaw: .unknownInterface(at: 28)),
    .init(
      testDescription: "interface that is not there", bytes: described.enhanced(one, interface: .max).bytes,
      flaw: .unknownInterface(at: 48)),
    .init(
      testDescription: "packet longer than its block", bytes: described.enhanced(one).enhanced(one, captured: 22).bytes,
      flaw: .wrongLength(at: 48 + 52), packets: 1),
    .init(
      testDescription: "packet too long", bytes: described.enhanced(one, captured: tooLong).bytes, flaw: .packetTooLong(at: 48)),
    .init(
      testDescription: "simple packet too long", bytes: described.simple(one, length: tooLong).bytes, flaw: .packetTooLong(at: 48)
    ),
    .init(
      testDescription: "simple packet longer than its block", bytes: described.simple(one, length: 9).bytes,
      flaw: .wrongLength(at: 48)),
    .init(testDescription: "empty packet block", bytes: described.block(6, []).bytes, flaw: .wrongLength(at: 48)),
    .init(testDescription: "empty obsolete block", bytes: described.block(2, [0, 0, 0, 0]).bytes, flaw: .wrongLength(at: 48)),
    .init(testDescription: "empty simple block", bytes: described.block(3, []).bytes, flaw: .wrongLength(at: 48)),
    .init(testDescription: "empty interface", bytes: section.block(1, [1, 0, 0, 0]).bytes, flaw: .wrongLength(at: 28)),
    .init(
      testDescription: "option longer than its block",
      bytes: section.block(1, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 5, 0, 1, 2, 3, 4]).bytes,
      flaw: .wrongLength(at: 28)),
    .init(
      testDescription: "resolution of two bytes", bytes: section.interface(options: [.init(code: 9, value: [6, 0])]).bytes,
      flaw: .wrongLength(at: 28)),
    .init(
      testDescription: "offset of four bytes", bytes: section.interface(options: [.init(code: 14, value: [1, 2, 3, 4])]).bytes,
      flaw: .wrongLength(at: 28)),
    .init(
      testDescription: "ten to the minus twenty", bytes: section.interface(options: [.init(code: 9, value: [20])]).bytes,
      flaw: .wrongResolution(at: 28)),
    .init(
      testDescription: "two to the minus sixty-four", bytes: section.interface(options: [.init(code: 9, value: [0xc0])]).bytes,
      flaw: .wrongResolution(at: 28)),
  ]

  @Test(arguments: lies) func lengthsThatLie(_ lie: Lie) {
    let read = ReadCapture(lie.bytes)
    #expect(read.flaw == lie.flaw && read.frames.count == lie.packets)
  }

  @Test func interfacesAreBounded() {
    var file = Self.section
    for _ in 0..<CaptureFileReader.maximumInterfaces { file = file.interface() }
    #expect(ReadCapture(file.bytes).flaw == nil)
    #expect(ReadCapture(file.interface().bytes).flaw == .tooManyInterfaces(at: file.bytes.count))
  }

  /// Whole records come out, the cut one is an error, and a cut between records is an end.
  @Test(arguments: ["pcap", "pcapng"]) func cutAnywhere(_ format: String) {
    let whole =
      format == "pcap"
      ? PcapFile(.big).adding(Self.one).adding(Self.two).bytes
      : PcapngFile().section(.big).interface().enhanced(Self.one).simple(Self.two).bytes
    let all = ReadCapture(whole)
    #expect(all.frames == [Self.one, Self.two] && all.flaw == nil)
    var clean = 0
    for count in 0..<whole.count {
      let read = ReadCapture(Array(whole.prefix(count)))
      #expect(read.frames == Array(all.frames.prefix(read.frames.count)) && read.frames.count < 2, "cut to \(count)")
      if read.flaw == nil { clean += 1 }
    }
    // pcap: behind the header and behind the first record; pcapng: behind each of the first three blocks.
    #expect(clean == (format == "pcap" ? 2 : 3))
  }
}
