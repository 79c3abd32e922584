// SPDX-License-Identifier: Apache-2.0
import PosternClient
import PosternWire
import Testing

/// What of carriers needs no right; their packets are for the whole-system tests.
@Suite struct CarrierTests {
  @Test func carriersSpeak() throws {
    let gateway = SocketAddress(try #require(IPAddress("2001:db8::1")), port: try #require(Port(443)))
    #expect(Carrier.names == "udp, tcp-syn, icmp")
    #expect(Carrier.allCases.map { Carrier(rawValue: $0.description) } == Carrier.allCases)
    #expect(
      Carrier.allCases.map { $0.describe(gateway) } == [
        "[2001:db8::1]:443", "[2001:db8::1]:443 by a SYN", "2001:db8::1 by an echo request",
      ])
  }

  @Test func aMissingRightHasItsExitCode() {
    #expect(ClientError.notPermitted("no").exitCode == 77 && ClientError.notPermitted("no").description == "no")
  }
}
