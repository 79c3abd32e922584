// SPDX-License-Identifier: Apache-2.0

/// The keys `leases`, `leases-per-user` and `grants-per-minute` of a door; nil leaves it to `[limits]`, or bounds nothing.
package struct DoorQuotas: Hashable, Sendable {
  /// Open leases of all users together.
  package let leases: UInt32?
  package let leasesPerUser: UInt32?
  /// Of all users together.
  package let grantsPerMinute: UInt32?

  init(_ section: inout Section) {
    leases = section.count("leases")
    leasesPerUser = section.count("leases-per-user")
    grantsPerMinute = section.count("grants-per-minute")
  }
}
