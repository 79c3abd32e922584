// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// Packets of one length, one behind the other: to lend one costs nothing.
struct MicroPackets {
  private let bytes: [UInt8]
  private let length: Int
  private let count: Int

  init(_ packets: [[UInt8]]) throws(BenchFailure) {
    guard let first = packets.first, !first.isEmpty, packets.allSatisfy({ $0.count == first.count }) else {
      throw BenchFailure("packets of different lengths")
    }
    bytes = packets.flatMap(\.self)
    length = first.count
    count = packets.count
  }

  init(_ packet: [UInt8]) throws(BenchFailure) { try self.init([packet]) }

  /// Lends them all: one is at a ``place(_:)``.
  func lend<Result>(_ body: (RawSpan) throws -> Result) throws -> Result { try bytes.withBytes { try body($0) } }

  /// Behind the last comes the first.
  func place(_ number: Int) -> Range<Int> {
    let start = number % count * length
    return start..<start + length
  }
}
