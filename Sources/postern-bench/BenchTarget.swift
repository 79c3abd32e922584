// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternWire

/// Which gatekeeper is measured, and from where.
struct BenchTarget: ParsableArguments {
  @Option(help: "The client's profile, of any protocol. Without it the C reference is measured.", completion: .file())
  var profile: String?

  @Option(help: "The IPv4 address of the C reference.")
  var gateway = "10.78.0.1"

  @Option(help: "The network namespace that knocks.")
  var clientNetns: String

  @Option(help: "The network namespace of the gateway.")
  var gatewayNetns: String
}

extension BenchTarget {
  /// Of the profile's knocks, or of the C reference's.
  func maker() throws(BenchFailure) -> KnockMaker {
    guard let profile else {
      guard let address = IPv4Address(gateway) else { throw BenchFailure("\(gateway) is no IPv4 address") }
      return KnockMaker(reference: address)
    }
    do throws(ClientError) {
      return try KnockMaker(profile: profile)
    } catch {
      throw BenchFailure(error.description)
    }
  }
}
