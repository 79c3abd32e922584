// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

extension Capabilities {
  /// Gives up everything but `kept`, which this process and what it executes keep until they give it up themselves. Nothing regains
  /// more, not even an exec as uid 0.
  ///
  /// Needs CAP_SETPCAP, which is gone afterwards; EPERM without it, or when `kept` is more than the process has.
  package static func keepForHeirs(_ kept: CapabilitySet) throws(PlatformError) {
    guard try current().effective.contains(.setpcap) else { throw PlatformError("keep capabilities for children", EPERM) }
    try dropBounding(except: kept)
    let all = kept.union(.setpcap)
    try SystemCall.value("drop capabilities") { postern_capabilities_set(all.rawValue, all.rawValue, kept.rawValue) }
    for number in known where kept.contains(number: number) {
      try SystemCall.value("keep ambient capability") { postern_ambient_raise(number) }
    }
    try SystemCall.value("lock secure bits") { postern_securebits_lock() }
    try SystemCall.value("drop capabilities") { postern_capabilities_set(kept.rawValue, kept.rawValue, kept.rawValue) }
    guard try current() == Capabilities(effective: kept, permitted: kept, inheritable: kept) else {
      throw PlatformError("verify kept capabilities", EPERM)
    }
  }
}
