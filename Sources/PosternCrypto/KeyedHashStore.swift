// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
import PosternWire

/// The schedules of many HMAC keys in one region of its own: locked in memory where the limits allow it, kept out of core dumps, wiped at
/// the end.
@safe package struct KeyedHashStore: ~Copyable {
  /// The place of one schedule in the store that gave it out.
  package struct Slot: Hashable, Sendable {
    fileprivate let index: Int
  }

  package let capacity: Int
  /// Whether the pages can never reach a swap device.
  package let isLocked: Bool
  private var count = 0
  private let region: UnsafeMutableRawPointer
  private let schedules: UnsafeMutablePointer<postern_keyed_hash>

  package init(capacity: Int) throws(CryptoError) {
    let size = max(capacity, 1).multipliedReportingOverflow(by: MemoryLayout<postern_keyed_hash>.stride)
    guard capacity >= 0, !size.overflow, let region = unsafe postern_secret_map(size.partialValue) else { throw .unavailable }
    unsafe self.region = region
    unsafe schedules = region.bindMemory(to: postern_keyed_hash.self, capacity: max(capacity, 1))
    self.capacity = capacity
    _ = unsafe postern_secret_hide(region, size.partialValue)
    isLocked = unsafe postern_secret_lock(region, size.partialValue)
  }

  deinit { unsafe postern_secret_unmap(region, max(capacity, 1) * MemoryLayout<postern_keyed_hash>.stride) }

  /// Computes the schedule of a key of any length in the next slot.
  package mutating func add(_ algorithm: HashAlgorithm, key: RawSpan) throws(CryptoError) -> Slot {
    guard count < capacity else { throw .storeFull }
    unsafe key.withBytePointer { unsafe postern_keyed_hash_key(schedules + count, algorithm.c, $0, $1) }
    count += 1
    return Slot(index: count - 1)
  }

  /// Whether `code` is that of a message under the slot's key, in a time that depends on the lengths alone. Nothing is allocated.
  package func verifies(_ code: RawSpan, of message: RawSpan, _ slot: Slot) -> Bool {
    precondition(slot.index < count, "a slot of another store")
    let size = unsafe Int(postern_hash_size(schedules[slot.index].hash))
    let computed = unsafe HashDigest(count: size) { output in
      unsafe message.withBytePointer { bytes, count in
        unsafe postern_keyed_hash_mac(schedules + slot.index, bytes, count, nil, 0, output)
      }
    }
    return computed.equals(code)
  }
}
