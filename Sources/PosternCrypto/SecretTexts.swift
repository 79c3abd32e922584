// SPDX-License-Identifier: Apache-2.0
internal import CCrypto

/// A region of its own for secrets of any length, as old protocols have them: locked in memory where the limits allow it, kept out of
/// core dumps, wiped at the end.
@safe package struct SecretTexts: ~Copyable {
  /// The place of one secret in the region that gave it out.
  package struct Place: Hashable, Sendable {
    fileprivate let range: Range<Int>
    package var byteCount: Int { range.count }
  }

  /// Bytes.
  package let capacity: Int
  /// Whether the pages can never reach a swap device.
  package let isLocked: Bool
  private var used = 0
  private let region: UnsafeMutableRawPointer

  /// Room for secrets of `capacity` bytes together.
  package init(capacity: Int) throws(CryptoError) {
    guard capacity >= 0, let region = unsafe postern_secret_map(max(capacity, 1)) else { throw .unavailable }
    unsafe self.region = region
    self.capacity = capacity
    _ = unsafe postern_secret_hide(region, max(capacity, 1))
    isLocked = unsafe postern_secret_lock(region, max(capacity, 1))
  }

  deinit { unsafe postern_secret_unmap(region, max(capacity, 1)) }

  /// Copies a secret behind the others.
  package mutating func add(_ secret: RawSpan) throws(CryptoError) -> Place {
    guard secret.byteCount <= capacity - used else { throw .storeFull }
    let place = used..<used + secret.byteCount
    unsafe secret.withUnsafeBytes { unsafe bytes(place).copyMemory(from: $0) }
    used = place.upperBound
    return Place(range: place)
  }

  /// Lends the bytes of a secret.
  package func withSecret<Result: ~Copyable, Failure: Error>(
    _ place: Place, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(place.range.upperBound <= used, "a place in another region")
    let bytes = unsafe UnsafeRawBufferPointer(bytes(place.range))
    return try body(unsafe bytes.bytes)
  }

  private func bytes(_ place: Range<Int>) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: region + place.lowerBound, count: place.count)
  }
}
