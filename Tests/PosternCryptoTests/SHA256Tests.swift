// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternWire
import Testing

@Suite struct SHA256Tests {
  // FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func published(_ text: String, _ digest: String) {
    #expect(Hex.encode(SHA256.hash(Array(text.utf8)).array) == digest)
  }

  @Test func parts() {
    let whole = SHA256.hash(Array("abc".utf8))
    let parts = Array("a".utf8).withBytes { first in Array("bc".utf8).withBytes { SHA256.hash(first, $0) } }
    #expect(parts == whole)
    #expect(Array("abc".utf8).withBytes { SHA256.hash($0) } == whole)
  }
}
