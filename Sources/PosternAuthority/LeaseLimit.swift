// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// The longest lease that door, user and key allow together.
struct LeaseLimit {
  /// Seconds.
  let longest: UInt32

  /// Each validity that ends counts with the whole seconds it has left, and so do hours of the week.
  init(door: UInt32, user: UInt32, validities: [Validity], hours: [WeekHours], at now: Timestamp) {
    let left = validities.map { $0.secondsLeft(at: now) ?? .max } + hours.map { $0.secondsLeft(at: now) }
    longest = left.reduce(min(door, user)) { min($0, UInt32(clamping: $1)) }
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
