// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The addresses that the bench asks to admit, one a knock, so that each knock makes a new element: 10.96.0.1 and on, so that
/// none is a host of the lab.
package enum BenchAddresses {
  package static let limit = 4_000_000
  private static let base: UInt32 = 10 << 24 | 96 << 16

  /// The address of the knock at `index`, which is below ``limit``.
  package static func address(_ index: Int) -> IPv4Address { IPv4Address(base + UInt32(index) + 1) }

  /// The knock that asked for an address; nil for one that is none of the bench's.
  package static func index(of address: IPv4Address) -> Int? {
    guard address.value > base, address.value <= base + UInt32(limit) else { return nil }
    return Int(address.value - base) - 1
  }

  /// Whether so many addresses from this number on are all the bench's.
  package static func hold(_ first: Int, _ count: Int) -> Bool { first >= 0 && count >= 1 && first <= limit - count }
}
