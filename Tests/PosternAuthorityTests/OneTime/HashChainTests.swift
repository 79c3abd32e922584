// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternWire
import Testing

@Suite struct HashChainTests {
  private func value(_ number: UInt64) -> Bytes32 {
    Bytes32(high: Bytes16(high: number, low: 0), low: Bytes16(high: 0, low: number))
  }

  @Test func startsAtTheAnchorAndGoesOn() {
    var chain = HashChain()
    #expect(chain.value(from: value(1)) == value(1))
    chain.spend(value(2), from: value(1))
    #expect(chain.value(from: value(1)) == value(2))
    chain.spend(value(3), from: value(1))
    #expect(chain.value(from: value(1)) == value(3))
  }

  @Test func anotherAnchorStartsAnotherChain() {
    var chain = HashChain()
    chain.spend(value(2), from: value(1))
    #expect(chain.value(from: value(9)) == value(9))
  }
}
