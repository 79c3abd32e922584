// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternKnock
internal import PosternWire

/// Whom a ban is about: an address, of IPv6 the /64 around it, or a network.
struct BanSource: ExpressibleByArgument {
  let network: AddressPrefix

  init?(argument: String) {
    if let address = IPAddress(argument) {
      network = Suspect.source(of: address)
    } else if let network = AddressPrefix(argument) {
      self.network = network
    } else {
      return nil
    }
  }
}
