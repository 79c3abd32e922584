// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct RandomnessTests {
  @Test func differs() throws {
    let drawn = try (0..<64).map { _ in try Randomness.bytes32() }
    #expect(Set(drawn).count == 64)
  }

  @Test(arguments: [0, 1, 33]) func count(_ count: Int) throws { #expect(try Randomness.bytes(count).count == count) }
}
