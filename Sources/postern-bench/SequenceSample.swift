// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// Packets of one kind, and the reader that decides them.
struct SequenceSample {
  enum Reader: String, CaseIterable {
    case knockd, cd00r
  }

  enum Packets: String, CaseIterable {
    case knocks, first, junk
  }

  let reader: Reader
  let packets: Packets

  static let all = Reader.allCases.flatMap { reader in Packets.allCases.map { SequenceSample(reader: reader, packets: $0) } }

  private static let start = Timestamp(seconds: 1_800_000_000)
  private static let ports = [7000, 8000, 9000].compactMap { Port($0) }
  /// Sequences that begin alike, as they do in practice.
  private static let sequences = [[0, 1, 2], [0, 1, 1], [1, 0, 0]].map { $0.map { ports[$0] } }

  /// The time of all packets together; the decisions have to be those that the kind of packets should have.
  func measure(_ count: Int) throws(BenchFailure) -> UInt64 {
    let bytes = made(count)
    let time =
      switch reader {
      case .knockd: Self.measureKnockd(bytes)
      case .cd00r: Self.measureCd00r(bytes)
      }
    guard time.knocks == (packets == .knocks ? count / 3 : 0) else {
      throw BenchFailure("\(time.knocks) knocks of \(count) packets: \(packets.rawValue)")
    }
    return time.nanoseconds
  }

  static func knockdReader() -> KnockdReader {
    let credentials = sequences.map { ports in
      KnockdCredential(sequences: .always(ports.map { .tcp($0, .syn) }), timeout: .seconds(25))
    }
    return KnockdReader(credentials.enumerated().map { Registered(KeyIndex($0), $1) }, seed: 1)
  }

  static func cd00rReader() -> Cd00rReader {
    let credentials = sequences.map { ports in
      Cd00rCredential(ports: ports, timeout: .seconds(30), targets: [], resets: true, state: .perSource)
    }
    return Cd00rReader(credentials.enumerated().map { Registered(KeyIndex($0), $1) }, seed: 1)
  }

  private static func measureKnockd(_ packets: [[UInt8]]) -> ReadingTime {
    var reader = knockdReader()
    return ReadingTime(packets) { reader.read($0, at: start) }
  }

  private static func measureCd00r(_ packets: [[UInt8]]) -> ReadingTime {
    var reader = cd00rReader()
    return ReadingTime(packets) { reader.read($0, at: start) }
  }

  func made(_ count: Int) -> [[UInt8]] {
    (0..<count).map { number in
      switch packets {
      case .knocks: Self.packet(from: number / 3, to: Self.ports[number % 3])
      case .first: Self.packet(from: number, to: Self.ports[0])
      case .junk: Self.packet(from: number, to: Port(22))
      }
    }
  }

  private static func packet(from source: Int, to port: Port?) -> [UInt8] {
    let source = IPAddress.v4(IPv4Address(0x0a00_0000 + UInt32(truncatingIfNeeded: source)))
    let builder = PacketBuilder(from: source, to: .v4(IPv4Address(0xcb00_7101)))
    return builder?.tcp(from: 40_000, to: port?.number ?? 0, flags: .syn) ?? []
  }
}
