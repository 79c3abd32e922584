// SPDX-License-Identifier: Apache-2.0

/// Spreads addresses by a seed that strangers do not know, so that they cannot choose addresses that collide.
package struct AddressHash: Sendable {
  private let keys: (UInt64, UInt64)

  package init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    keys = (generator.next(), generator.next())
  }

  /// Two rounds of a full-width product, folded (the mixing of Wang Yi's wyhash).
  package func value(_ address: IPAddress) -> UInt64 {
    let mixed =
      switch address {
      case .v4(let address): Self.fold(UInt64(address.value) ^ keys.0, keys.1)
      case .v6(let address): Self.fold(address.bytes.high ^ keys.0, address.bytes.low ^ keys.1)
      }
    return Self.fold(mixed ^ keys.1, keys.0 | 1)
  }

  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
