// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct KeyedHashStoreTests {
  @Test func everySlotHasItsKey() throws {
    let message = Array("a message".utf8)
    var store = try KeyedHashStore(capacity: HashAlgorithm.allCases.count * 3)
    var expected: [(KeyedHashStore.Slot, [UInt8])] = []
    for number in 0..<3 {
      for algorithm in HashAlgorithm.allCases {
        let key = [UInt8](repeating: UInt8(number), count: 20 + 60 * number)
        let slot = try key.withBytes { try store.add(algorithm, key: $0) }
        expected.append((slot, key.withBytes { key in message.withBytes { KeyedHash(algorithm, key: key).mac($0) } }))
      }
    }
    for (slot, _) in expected {
      for (other, code) in expected {
        let holds = code.withBytes { code in message.withBytes { store.verifies(code, of: $0, slot) } }
        #expect(holds == (slot == other))
      }
    }
  }

  @Test func anotherMessageOrCode() throws {
    let message = Array("a message".utf8)
    var store = try KeyedHashStore(capacity: 1)
    let key = Array("a key".utf8)
    let slot = try key.withBytes { try store.add(.sha3_512, key: $0) }
    let code = key.withBytes { key in message.withBytes { KeyedHash(.sha3_512, key: key).mac($0) } }
    func verifies(_ code: [UInt8], _ message: [UInt8]) -> Bool {
      code.withBytes { code in message.withBytes { store.verifies(code, of: $0, slot) } }
    }
    #expect(verifies(code, message))
    #expect(!verifies(code, message + [0]))
    #expect(!verifies(Array(code.dropLast()), message))
    #expect(!verifies(code + [0], message))
    for bit in 0..<code.count * 8 {
      var other = code
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!verifies(other, message))
    }
  }

  @Test func full() throws {
    var store = try KeyedHashStore(capacity: 1)
    let key: [UInt8] = [1]
    _ = try key.withBytes { try store.add(.md5, key: $0) }
    #expect(throws: CryptoError.storeFull) { try key.withBytes { try store.add(.md5, key: $0) } }
  }
}
