// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternCrypto
internal import PosternPlatform
internal import PosternProtocols

struct Junk: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write datagrams that look ever more like knocks of the native protocol, and are none.",
    discussion: "For each its length in two bytes, in this machine's order, and the bytes: what the C reference floods with.")

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case length, tag, hint, key
  }

  @Argument(help: "What is wrong first: the length, the tag, the hint, or only what the sealed part was sealed with.")
  var kind: Kind

  @Option(help: "The client's profile.", completion: .file())
  var profile: String

  @Option(help: "How many different ones.")
  var count = 256

  @Option(help: "The file to write.", completion: .file())
  var output: String

  func run() throws {
    try reporting {
      let encoder = try Profile(path: profile).encoder()
      var bytes: [UInt8] = []
      for _ in 0..<count {
        let datagram = try Self.datagram(kind, encoder)
        bytes += [UInt8(truncatingIfNeeded: datagram.count), UInt8(truncatingIfNeeded: datagram.count >> 8)] + datagram
      }
      try WholeFile.replace(output, bytes)
    }
  }

  private static func datagram(_ kind: Kind, _ encoder: borrowing SPAEncoder) throws -> [UInt8] {
    let random = try Randomness.bytes(SPAPacket.length)
    switch kind {
    case .length: return Array(random.dropLast(4))
    case .tag: return random
    case .hint: return encoder.tagged(random)
    case .key:
      // A true hint before a sealed part of nobody's.
      let hint = encoder.hint(at: SystemClock.now())
      let place = SPAPacket.tagLength
      var datagram = random
      for offset in 0..<8 { datagram[place + offset] = UInt8(truncatingIfNeeded: hint >> (56 - 8 * UInt64(offset))) }
      return encoder.tagged(datagram)
    }
  }
}
