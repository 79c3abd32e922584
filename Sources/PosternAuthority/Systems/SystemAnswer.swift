// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// What a SYN says to a door's demand.
package enum SystemAnswer: Hashable, Sendable {
  case fits
  case other
  /// No signature knows it.
  case unknown

  /// `found` are the systems that may have sent it: one of those demanded is enough.
  package init(_ found: OperatingSystems, to demanded: OperatingSystems) {
    if !found.isDisjoint(with: demanded) {
      self = .fits
    } else {
      self = found.isEmpty ? .unknown : .other
    }
  }
}
