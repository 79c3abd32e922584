// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Where a packet came from, as its headers say: a claim that anyone can forge.
package struct PacketSource: Hashable, Sendable {
  package let address: IPAddress
  package let port: UInt16
  /// Of a packet that opens a flow; nil where nobody asks for it.
  package let syn: SynSignature?

  package init(address: IPAddress, port: UInt16, syn: SynSignature? = nil) {
    self.address = address
    self.port = port
    self.syn = syn
  }
}
