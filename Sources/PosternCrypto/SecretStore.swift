// SPDX-License-Identifier: Apache-2.0
internal import CCrypto
package import PosternWire

/// A region of its own for 32-byte secrets: locked in memory where the limits allow it, kept out of core dumps, wiped at the end.
@safe package struct SecretStore: ~Copyable {
  /// The place of one secret in the store that gave it out.
  package struct Slot: Hashable, Sendable {
    fileprivate let index: Int
  }

  package static let secretLength = 32

  package let capacity: Int
  /// Whether the pages can never reach a swap device.
  package let isLocked: Bool
  /// Whether core dumps leave the pages out.
  package let isHidden: Bool
  package private(set) var count = 0
  private let region: UnsafeMutableRawPointer

  package init(capacity: Int) throws(CryptoError) {
    let size = max(capacity, 1).multipliedReportingOverflow(by: Self.secretLength)
    guard capacity >= 0, !size.overflow, let region = unsafe postern_secret_map(size.partialValue) else { throw .unavailable }
    unsafe self.region = region
    self.capacity = capacity
    isHidden = unsafe postern_secret_hide(region, size.partialValue)
    isLocked = unsafe postern_secret_lock(region, size.partialValue)
  }

  deinit { unsafe postern_secret_unmap(region, max(capacity, 1) * Self.secretLength) }

  /// Copies a secret into the next slot.
  package mutating func add(_ secret: Bytes32) throws(CryptoError) -> Slot {
    guard count < capacity else { throw .storeFull }
    let place = unsafe UnsafeMutableRawBufferPointer(start: address(of: count), count: Self.secretLength)
    secret.withBytes { secret in unsafe secret.withUnsafeBytes { unsafe place.copyMemory(from: $0) } }
    count += 1
    return Slot(index: count - 1)
  }

  /// Lends the 32 bytes of a slot.
  package func withSecret<Result: ~Copyable, Failure: Error>(
    _ slot: Slot, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(slot.index < count, "a slot of another store")
    let bytes = unsafe UnsafeRawBufferPointer(start: address(of: slot.index), count: Self.secretLength)
    return try body(unsafe bytes.bytes)
  }

  private func address(of index: Int) -> UnsafeMutableRawPointer { unsafe region + index * Self.secretLength }
}
