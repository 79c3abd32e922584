// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Where a packet came from, as its headers say: a claim that anyone can forge.
package struct PacketSource: Hashable, Sendable {
  package let address: IPAddress
  package let port: UInt16

  package init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }
}
