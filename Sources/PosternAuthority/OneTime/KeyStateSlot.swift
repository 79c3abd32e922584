// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// The state of one client key in its file.
///
/// On disk, big-endian: key fingerprint 8, sequence 8, index 8, index window 8, next counter 8, next step 8, chain anchor 8, chain value
/// 32, used up to 8, closed until 8, uses 4, renewal 4, wrong codes 1, pauses 1, lost 1, zeros 5, check value 8. One hundred and
/// twenty-eight zeros are a slot never used.
package struct KeyStateSlot: Hashable, Sendable {
  package var fingerprint: UInt64
  /// Grows with every write, so that the slots that were not written longest can be told. Zero is an empty slot.
  package var sequence: UInt64
  package var state: KeyState

  package init(fingerprint: UInt64, sequence: UInt64, state: KeyState) {
    self.fingerprint = fingerprint
    self.sequence = sequence
    self.state = state
  }

  package static let empty = KeyStateSlot(fingerprint: 0, sequence: 0, state: KeyState())
  package var isEmpty: Bool { sequence == 0 }

  func encode(into writer: inout WireWriter) {
    guard !isEmpty else { return writer.zeros(KeyStateLayout.slotBytes) }
    let start = writer.count
    writer.u64(fingerprint)
    writer.u64(sequence)
    writer.u64(state.indices.last)
    writer.u64(state.indices.seen)
    writer.u64(state.nextCounter)
    writer.u64(state.nextStep)
    writer.u64(state.chain.anchor)
    writer.put(state.chain.value)
    writer.u64(state.usedUpTo)
    writer.u64(state.failures.closedUntil.nanoseconds)
    writer.u32(state.uses)
    writer.u32(state.renewal)
    writer.u8(state.failures.wrong)
    writer.u8(state.failures.pauses)
    writer.u8(state.isLost ? 1 : 0)
    writer.zeros(5)
    writer.check(from: start)
  }

  /// Nil for damage.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == KeyStateLayout.slotBytes else { return nil }
    if bytes.isBlank {
      self = .empty
      return
    }
    guard bytes.passesCheck, let slot = try? Self.read(bytes), !slot.isEmpty else { return nil }
    self = slot
  }

  private static func read(_ bytes: RawSpan) throws(WireError) -> KeyStateSlot {
    var reader = WireReader(bytes)
    let (fingerprint, sequence) = (try reader.u64(), try reader.u64())
    var state = KeyState()
    state.indices = KnockIndexWindow(last: try reader.u64(), seen: try reader.u64())
    state.nextCounter = try reader.u64()
    state.nextStep = try reader.u64()
    state.chain = HashChain(anchor: try reader.u64(), value: try reader.bytes32())
    state.usedUpTo = try reader.u64()
    let closedUntil = Timestamp(nanoseconds: try reader.u64())
    state.uses = try reader.u32()
    state.renewal = try reader.u32()
    state.failures = CodeFailures(wrong: try reader.u8(), pauses: try reader.u8(), closedUntil: closedUntil)
    state.isLost = try reader.u8() != 0
    return KeyStateSlot(fingerprint: fingerprint, sequence: sequence, state: state)
  }
}
