// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The groups of this host.
package enum SystemGroup {
  /// The id of a group, nil where there is none of that name. May ask whatever nsswitch.conf(5) names.
  package static func id(named name: String) -> UInt32? {
    guard let group = unsafe getgrnam(name) else { return nil }
    return unsafe group.pointee.gr_gid
  }
}
