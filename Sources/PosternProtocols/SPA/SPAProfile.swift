// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What a client needs to knock at one gateway: the contents of its profile file. It holds secrets and prints none.
package struct SPAProfile: Sendable, CustomStringConvertible {
  package var clientPrivateKey: Bytes32
  package var presharedKey: Bytes32
  package var gatewayPublicKey: Bytes32
  package var admission: Bytes32

  package init(clientPrivateKey: Bytes32, presharedKey: Bytes32, gatewayPublicKey: Bytes32, admission: Bytes32) {
    self.clientPrivateKey = clientPrivateKey
    self.presharedKey = presharedKey
    self.gatewayPublicKey = gatewayPublicKey
    self.admission = admission
  }

  package var description: String { "profile for gateway \(Base64.encode(gatewayPublicKey.array))" }
}
