// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternCrypto
internal import PosternPlatform
internal import PosternWire

struct Curve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The time of one X25519, as after a pause of a millisecond.",
    discussion: "A knock of the native protocol costs one. Caches are as cold as they are between knocks.")

  func run() throws {
    let own = try X25519PrivateKey(try Randomness.bytes32())
    let other = try X25519PrivateKey(try Randomness.bytes32())
    var times: [UInt64] = []
    for _ in 0..<300 {
      Pause.milliseconds(1)
      let began = SystemClock.monotonic()
      _ = try own.sharedSecret(with: other.publicKey)
      times.append(SystemClock.monotonic() - began)
    }
    print(LatencySummary(sent: times.count, nanoseconds: times))
  }
}
