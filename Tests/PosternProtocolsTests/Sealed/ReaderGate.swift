// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire

/// What the readers of sequences have in common.
protocol SequenceReader: ~Copyable {
  mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading
}

extension PortsReader: SequenceReader {}
extension RollingReader: SequenceReader {}
extension SadoorReader: SequenceReader {}

/// A reader and a clock.
struct ReaderGate<Reader: SequenceReader & ~Copyable>: ~Copyable {
  var reader: Reader
  var now: Timestamp

  init(_ reader: consuming Reader, at now: Timestamp) {
    self.reader = reader
    self.now = now
  }

  /// What it makes of packets that come one after the other, a millisecond apart.
  mutating func take(_ packets: [[UInt8]]) throws -> [Reading] {
    var readings: [Reading] = []
    for packet in packets {
      readings.append(try packet.withBytes { try reader.read(PacketView($0), at: now) })
      now = now + 1
    }
    return readings
  }
}
