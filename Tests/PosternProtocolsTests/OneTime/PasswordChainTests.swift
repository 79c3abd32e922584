// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternProtocols
import PosternWire
import Testing

@Suite struct PasswordChainTests {
  private let seed = Bytes32(high: Bytes16(high: 1, low: 2), low: Bytes16(high: 3, low: 4))

  @Test func eachPasswordHashesToTheOneBefore() {
    let (anchor, passwords) = PasswordChain.make(from: seed, count: 5)
    var before = anchor
    for password in passwords {
      #expect(password.withBytes { SHA256.hash($0) } == before)
      before = password
    }
    #expect(passwords.last == seed && passwords.count == 5)
  }

  /// The password that comes, where the chain stands, and how they stand to each other; the anchor is number 0.
  @Test(arguments: [
    (1, 0, PasswordChain.Place.ahead), (11, 0, .ahead), (12, 0, .elsewhere), (5, 5, .behind), (4, 5, .behind), (0, 11, .behind),
    (0, 12, .elsewhere), (6, 5, .ahead),
  ])
  func places(_ password: Int, _ present: Int, _ expected: PasswordChain.Place) {
    let (anchor, passwords) = PasswordChain.make(from: seed, count: 20)
    let chain = [anchor] + passwords
    #expect(PasswordChain.place(of: chain[password], at: chain[present], gap: 10) == expected)
  }

  @Test func othersAreElsewhere() {
    let (anchor, passwords) = PasswordChain.make(from: seed, count: 3)
    let other = Bytes32(high: passwords[0].high, low: .zero)
    #expect(PasswordChain.place(of: other, at: anchor, gap: 10) == .elsewhere)
  }
}
