// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// The longest lease that door, user and key allow together.
struct LeaseLimit {
  /// Seconds.
  let longest: UInt32

  /// Each validity that ends counts with the whole seconds it has left.
  init(door: UInt32, user: UInt32, validities: [Validity], at now: Timestamp) {
    longest = validities.reduce(min(door, user)) { longest, validity in
      min(longest, UInt32(clamping: validity.secondsLeft(at: now) ?? .max))
    }
  }

  /// The lease for a wish, zero being the door's default. Refuses as `keyNotValid` when less than a second is left.
  func lease(wished: UInt32, byDefault: UInt32, notes: inout Grant.Notes) throws(Denial) -> UInt32 {
    let wanted = wished == 0 ? byDefault : wished
    if wanted > longest { notes.insert(.leaseCut) }
    let lease = min(wanted, longest)
    guard lease >= 1 else { throw .keyNotValid }
    return lease
  }
}
