// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct SecretStoreTests {
  private func secret(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 1), low: Bytes16(high: 2, low: .max - number))
  }

  @Test func lendsWhatWasStored() throws {
    var store = try SecretStore(capacity: 300)
    let slots = try (0..<300).map { try store.add(secret(UInt64($0))) }
    #expect(store.count == 300)
    #expect(Set(slots).count == 300)
    for (number, slot) in slots.enumerated() {
      let lent = store.withSecret(slot) { $0.copied() }
      #expect(lent == secret(UInt64(number)).array)
    }
  }

  @Test func refusesMoreThanItHolds() throws {
    var store = try SecretStore(capacity: 1)
    _ = try store.add(secret(1))
    #expect(throws: CryptoError.storeFull) { try store.add(secret(2)) }
    var empty = try SecretStore(capacity: 0)
    #expect(throws: CryptoError.storeFull) { try empty.add(secret(2)) }
  }

  @Test func refusesAbsurdCapacity() {
    #expect(throws: CryptoError.unavailable) { _ = try SecretStore(capacity: .max) }
    #expect(throws: CryptoError.unavailable) { _ = try SecretStore(capacity: -1) }
  }

  @Test func pagesAreHidden() throws {
    let store = try SecretStore(capacity: 50_000)
    let isHidden = store.isHidden
    #expect(isHidden)
  }
}
