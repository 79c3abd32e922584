// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A profile to be written down: everything that a device needs to knock. It holds secrets and shows them in ``text`` only.
package struct NewProfile: Sendable {
  package var gateway: String
  package var gatewayKey: Bytes32
  package var admission: Bytes32
  /// The private key itself, or the file in which its owner has it.
  package var privateKey: SecretReference
  package var presharedKey: Bytes32
  package var door: Name?
  /// Whether knocks carry a code that whoever knocks is asked for.
  package var asksForCode: Bool

  package init(
    gateway: String, gatewayKey: Bytes32, admission: Bytes32, privateKey: SecretReference, presharedKey: Bytes32, door: Name?,
    asksForCode: Bool = false
  ) {
    self.gateway = gateway
    self.gatewayKey = gatewayKey
    self.admission = admission
    self.privateKey = privateKey
    self.presharedKey = presharedKey
    self.door = door
    self.asksForCode = asksForCode
  }

  /// The lines of the profile's file.
  package var text: String {
    var lines: [(ProfileKey, String)] = [(.gateway, gateway), (.gatewayKey, Self.base64(gatewayKey))]
    if admission != .zero { lines.append((.admission, Self.base64(admission))) }
    lines.append((.privateKey, Self.words(privateKey)))
    lines.append((.psk, Self.base64(presharedKey)))
    if let door { lines.append((.door, door.description)) }
    if asksForCode { lines.append((.code, "ask")) }
    lines += [(.ipv4, "auto"), (.ipv6, "auto")]
    return lines.map { "\($0.0.rawValue) = \($0.1)\n" }.joined()
  }

  private static func base64(_ bytes: Bytes32) -> String { Base64.encode(bytes.array) }

  private static func words(_ reference: SecretReference) -> String {
    switch reference {
    case .zeros: "none"
    case .inline(let secret): base64(secret)
    case .file(let path): "file:\(path)"
    }
  }
}
