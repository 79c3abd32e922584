// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// The keys `key-burst`, `key-refill` and `grants-per-minute` of a user; nil leaves it to `[limits]`.
package struct UserRate: Hashable, Sendable {
  package let keyBurst: UInt32?
  package let keyRefill: Timestamp.Span?
  package let grantsPerMinute: UInt32?

  init(_ section: inout Section) {
    keyBurst = section.count("key-burst")
    keyRefill = section.refill("key-refill")
    grantsPerMinute = section.count("grants-per-minute")
  }
}
