// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import PosternPlatform
import PosternWire
import Testing

/// Routers and name servers as the system's files tell them.
@Suite struct SurroundingsTests {
  @Test(
    arguments: [
      ("eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0", "192.168.1.1"),
      ("eth0\t00000000\tFE0200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", "192.0.2.254"),
      // A network, a default route without a router, half the internet, the heading, nothing.
      ("eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0", nil),
      ("ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0", nil),
      ("eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000080\t0\t0\t0", nil),
      ("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT", nil), ("", nil),
    ] as [(String, String?)])
  func routesOfIPv4(_ line: String, _ router: String?) {
    #expect(DefaultRouters.ipv4(route: line[...]) == router.flatMap { IPAddress($0) })
  }

  @Test(
    arguments: [
      (
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 1 0 450003 eth0",
        "fe80::1"
      ),
      (
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 1 0 200200 lo",
        nil
      ),
      (
        "20010db8000000000000000000000000 20 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 1 0 450003 eth0",
        nil
      ), ("0 00 0 00 fe80", nil), ("", nil),
    ] as [(String, String?)])
  func routesOfIPv6(_ line: String, _ router: String?) {
    #expect(DefaultRouters.ipv6(route: line[...]) == router.flatMap { IPAddress($0) })
  }

  @Test func nameServers() throws {
    let scratch = try FilesTests.Scratch()
    let file = scratch.path + "/resolv.conf"
    try """
    # nameserver 192.0.2.1
    search example.org
    nameserver 192.0.2.53
      nameserver\tfe80::53%eth0 # zone
    nameserver 2001:db8::53
    nameserver
    nameserver example
    """.write(toFile: file, atomically: true, encoding: .utf8)
    #expect(
      NameServers.all(in: [file, file + ".not"]) == ["192.0.2.53", "fe80::53", "2001:db8::53"].compactMap { IPAddress($0) })
    #expect(NameServers.all(in: [file + ".not"]) == nil)
    let more = scratch.path + "/behind.conf"
    try "nameserver 203.0.113.53\n".write(toFile: more, atomically: true, encoding: .utf8)
    #expect(NameServers.all(in: [file, more])?.count == 4)
  }
}
