// SPDX-License-Identifier: Apache-2.0

/// The two bits of a connection mark that are Postern's: a flow waits before a one-shot door, came through a door, or was cut.
/// The rules write the first two, the keeper the last.
package struct FlowMarks: Hashable, Sendable {
  /// The lower of the two bits.
  package let bit: UInt8
  /// The bits in the shipped rules.
  package static let standard = FlowMarks(known: 28)
  package static let bits: ClosedRange<UInt8> = 0...30

  /// Nil for a bit without a neighbour above it.
  package init?(bit: UInt8) {
    guard Self.bits.contains(bit) else { return nil }
    self.init(known: bit)
  }

  private init(known bit: UInt8) { self.bit = bit }

  package var mask: UInt32 { 3 << UInt32(bit) }
  package var pending: UInt32 { 1 << UInt32(bit) }
  package var session: UInt32 { 2 << UInt32(bit) }
  package var cut: UInt32 { mask }

  package func isSession(_ mark: UInt32) -> Bool { mark & mask == session }
  package func isCut(_ mark: UInt32) -> Bool { mark & mask == cut }
}
