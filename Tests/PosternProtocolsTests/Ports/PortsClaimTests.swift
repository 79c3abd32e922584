// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct PortsClaimTests {
  static let four = IPv4Address(0xc000_0207)
  static let six = IPv6Address(high: 0x2001_0db8_0000_0000, low: 7)

  static let claims: [PortsClaim] = [
    .init(action: .open, service: Service("tcp/22"), address: .v4(.named(four, port: nil)), wishedLease: 30),
    .init(action: .close, service: nil, address: .v4(.packetSource(port: nil))),
    .init(action: .open, service: Service("esp"), address: .v6(.bothAgree(six, port: nil)), wishedLease: .max),
    .init(action: .open, service: Service("udp/53"), address: .v6(.named(six, port: nil))),
  ]

  @Test(arguments: claims) func roundTrip(_ claim: PortsClaim) {
    let bytes = claim.encoded
    #expect(bytes.count == PortsClaim.length(claim.address.family))
    #expect(bytes.withBytes { PortsClaim($0, family: claim.address.family) } == claim)
    let other: AddressFamily = claim.address.family == .ipv4 ? .ipv6 : .ipv4
    #expect(bytes.withBytes { PortsClaim($0, family: other) } == nil)
  }

  /// Whatever parses is written in the same way: no two texts mean the same.
  @Test(arguments: claims) func everyFlippedBitIsAnotherClaimOrNone(_ claim: PortsClaim) {
    let bytes = claim.encoded
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let parsed = changed.withBytes({ PortsClaim($0, family: claim.address.family) }) else { continue }
      #expect(parsed != claim && parsed.encoded == changed, "bit \(bit)")
    }
  }

  static let refused: [(String, [UInt8])] = [
    ("layout 0", [0x11, 6, 0, 22, 0, 0, 1, 2, 3, 4]), ("layout 2", [0x91, 6, 0, 22, 0, 0, 1, 2, 3, 4]),
    ("no action", [0x41, 6, 0, 22, 0, 0, 1, 2, 3, 4]), ("action 3", [0x71, 6, 0, 22, 0, 0, 1, 2, 3, 4]),
    ("a zero bit", [0x55, 6, 0, 22, 0, 0, 1, 2, 3, 4]), ("mode 0", [0x50, 6, 0, 22, 0, 0, 1, 2, 3, 4]),
    ("mode 2 with an address", [0x52, 6, 0, 22, 0, 0, 1, 2, 3, 4]),
    ("port without protocol", [0x51, 0, 0, 22, 0, 0, 1, 2, 3, 4]),
    ("tcp without port", [0x51, 6, 0, 0, 0, 0, 1, 2, 3, 4]), ("esp with port", [0x51, 50, 0, 22, 0, 0, 1, 2, 3, 4]),
    ("unknown protocol", [0x51, 200, 0, 22, 0, 0, 1, 2, 3, 4]),
  ]

  @Test(arguments: refused) func malformed(_ name: String, _ bytes: [UInt8]) {
    #expect(bytes.withBytes { PortsClaim($0, family: .ipv4) } == nil, "\(name)")
  }
}
