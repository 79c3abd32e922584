// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// The capabilities of the calling thread (capabilities(7)); to be changed before other threads exist.
package struct Capabilities: Hashable, Sendable {
  package let effective: CapabilitySet
  package let permitted: CapabilitySet
  package let inheritable: CapabilitySet

  package static func current() throws(PlatformError) -> Capabilities {
    var sets: (UInt64, UInt64, UInt64) = (0, 0, 0)
    try SystemCall.value("read capabilities") { unsafe postern_capabilities_get(&sets.0, &sets.1, &sets.2) }
    return Capabilities(
      effective: CapabilitySet(rawValue: sets.0), permitted: CapabilitySet(rawValue: sets.1),
      inheritable: CapabilitySet(rawValue: sets.2))
  }

  /// Gives up everything but `kept`, for this process and for what it executes, and reads back that it is so.
  ///
  /// Inheritable and ambient sets become empty. With CAP_SETPCAP the bounding set shrinks to `kept` and the secure bits are locked, so
  /// that not even an exec as uid 0 regains anything; answers whether that was done. EPERM when `kept` is more than the process has.
  package static func keepOnly(_ kept: CapabilitySet) throws(PlatformError) -> Bool {
    let isSealable = try current().effective.contains(.setpcap)
    if isSealable {
      try dropBounding(except: kept)
      try SystemCall.value("lock secure bits") { postern_securebits_lock() }
    }
    try SystemCall.value("clear ambient capabilities") { postern_ambient_clear() }
    try SystemCall.value("drop capabilities") { postern_capabilities_set(kept.rawValue, kept.rawValue, 0) }
    try verify(kept, isSealed: isSealable)
    return isSealable
  }

  static func dropBounding(except kept: CapabilitySet) throws(PlatformError) {
    for number in known where !kept.contains(number: number) && postern_bounding_has(number) == 1 {
      try SystemCall.value("drop bounding capability") { postern_bounding_drop(number) }
    }
  }

  private static func verify(_ kept: CapabilitySet, isSealed: Bool) throws(PlatformError) {
    let wrong = PlatformError("verify dropped capabilities", EPERM)
    guard try current() == Capabilities(effective: kept, permitted: kept, inheritable: []) else { throw wrong }
    guard known.allSatisfy({ postern_ambient_has($0) == 0 }) else { throw wrong }
    guard isSealed else { return }
    guard postern_securebits_are_locked() == 1 else { throw wrong }
    guard known.allSatisfy({ kept.contains(number: $0) || postern_bounding_has($0) == 0 }) else { throw wrong }
  }

  /// The capabilities that the running kernel knows; the numbers have no gaps.
  static var known: Range<CInt> {
    0..<((0..<64).first { postern_bounding_has($0) < 0 } ?? 64)
  }
}
