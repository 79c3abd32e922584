// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct AddressHashTests {
  private static let addresses = (0..<4096).map { IPAddress.v4(IPv4Address(0x0a00_0000 + UInt32($0))) }

  @Test func sameSeedSamePlaces() {
    let six = IPAddress.v6(IPv6Address(high: 1, low: 2))
    #expect(AddressHash(seed: 1).value(six) == AddressHash(seed: 1).value(six))
    #expect(AddressHash(seed: 1).value(six) != AddressHash(seed: 2).value(six))
    #expect(AddressHash(seed: 1).value(six) != AddressHash(seed: 1).value(.v6(IPv6Address(high: 2, low: 1))))
  }

  /// Neighbours spread evenly: of 256 rows none gets three times its share.
  @Test(arguments: [0, 1, UInt64.max]) func neighboursSpread(_ seed: UInt64) {
    let hash = AddressHash(seed: seed)
    var rows = [Int](repeating: 0, count: 256)
    for address in Self.addresses { rows[Int(hash.value(address) % 256)] += 1 }
    #expect(rows.max() ?? 0 < 3 * 16)
  }
}
