// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire

/// Any bytes as a ring file, and any records with check values that fit: reading ends, what is sound encodes to itself, and its records
/// are refused, in a ring of another size too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRing(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  check(bytes)
  if let forged = try? bytes.withBytes({ bytes throws(WireError) in try forge(bytes) }) { check(forged.encoded()) }
  return 0
}

private func check(_ bytes: [UInt8]) {
  guard case .ring(let image) = bytes.withBytes({ RingImage.read($0) }) else { return }
  precondition(image.encoded().withBytes { RingImage.read($0) } == .ring(image))
  checkRefused(image.slots, by: image)
  guard let smaller = RingLayout(slotCount: max(1, image.header.slotCount / 2)) else { return }
  checkRefused(image.slots, by: image.resized(to: smaller))
}

private let window = FreshnessWindow(past: .seconds(60), future: .seconds(15))

private func checkRefused(_ slots: [RingSlot], by image: RingImage) {
  let window = ReplayWindow(slots: image.slots, floor: image.header.floor, window: window)
  for slot in slots where !slot.isEmpty { precondition(isRefused(slot, by: window)) }
}

private func isRefused(_ slot: RingSlot, by window: ReplayWindow) -> Bool {
  do throws(Denial) { try window.check(slot.id, stamp: slot.stamp) } catch { return true }
  return false
}

/// Records of small numbers, so that sequences and places often meet.
private func forge(_ bytes: RawSpan) throws(WireError) -> RingImage {
  var reader = WireReader(bytes)
  let count = Int(try reader.u8() % 8) + 1
  let identity = RingIdentity(boot: .zero, machine: .zero, gateway: 0)
  let header = RingHeader(
    slotCount: count, sequence: 1, latest: .zero, identity: identity, owesFence: false, kind: .spa,
    floor: Timestamp(nanoseconds: UInt64(try reader.u8())), head: UInt64(try reader.u8()))
  var slots: [RingSlot] = []
  for _ in 0..<count {
    let id = Bytes16(high: 0, low: UInt64(try reader.u8()))
    let stamp = Timestamp(nanoseconds: UInt64(try reader.u8()))
    slots.append(RingSlot(id: id, stamp: stamp, key: 0, sequence: UInt64(try reader.u8())))
  }
  return RingImage(header: header, slots: slots)
}
