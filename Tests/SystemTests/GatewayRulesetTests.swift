// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Client, gateway, host behind it: `examples/gateway.nft` with packets.
extension SystemSuite {
  @Suite struct GatewayRulesetTests {
    private static let git4 = "10.78.0.10"
    private static let git6 = "2001:db8:78::10"
    /// A second address inside, as another host would have it.
    private static let wiki4 = "10.78.0.11"
    private static let wiki6 = "2001:db8:78::11"
    private func lab() throws -> (Lab, InnerHost) {
      let lab = try Lab(.gateway)
      let inner = try InnerHost(
        behind: lab, link: "lan0",
        [
          .init(gateway: "10.78.0.1", host: Self.git4, prefix: "10.78.0.0", length: 24),
          .init(gateway: "2001:db8:78::1", host: Self.git6, prefix: "2001:db8:78::", length: 64),
        ])
      for address in [Self.wiki4 + "/24", Self.wiki6 + "/64"] {
        // None is chosen as a source by itself.
        let flags = (address.contains(":") ? ["nodad"] : []) + ["preferred_lft", "0"]
        try Shell.must(["ip", "-n", inner.namespace, "address", "add", address, "dev", "eth0"] + flags)
      }
      return (lab, inner)
    }

    /// Shorter than a lease.
    private func expectSilence(_ lab: Lab, _ address: String, _ port: UInt16, _ why: Comment) {
      #expect(lab.answer(address, port, milliseconds: 200) == .silence, why)
    }

    @Test func aDoorOpensOneHost() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let own = try Listener(in: lab.gateway, 22)
      let web = try Listener(in: inner.namespace, 80)
      defer { withExtendedLifetime((own, web)) {} }
      let git = GuardedService(
        lab: lab, addresses: [Self.git4, Self.git6], port: 22, listener: try Listener(in: inner.namespace, 22), door: "git",
        sets: ["inside4", "inside6"])
      let streams = try git.expectOneLease {
        for address in [Self.wiki4, Self.wiki6] { expectSilence(lab, address, 22, "another host") }
        for address in [Self.git4, Self.git6] { expectSilence(lab, address, 80, "another service") }
        #expect(lab.answer(lab.gatewayV4, 22) == .silence, "the gateway itself")
      }
      #expect(streams.map(\.far.peer) == [lab.clientV4, lab.clientV6], "the host sees who it is")
      #expect(streams.map(\.near.peer) == [Self.git4, Self.git6])
    }

    @Test func doorsOfSeveralHostsShareSets() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let wiki = GuardedService(
        lab: lab, addresses: [Self.wiki4, Self.wiki6], port: 80, listener: try Listener(in: inner.namespace, 80), door: "wiki",
        sets: ["inside4", "inside6"])
      try wiki.expectOneLease {
        for address in [Self.git4, Self.git6] { expectSilence(lab, address, 80, "another host") }
      }
    }

    @Test func theGatewayHasADoorOfItsOwn() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      try lab.start()
      let host = try Listener(in: inner.namespace, 22)
      defer { withExtendedLifetime(host) {} }
      let ssh = GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 22, listener: try Listener(in: lab.gateway, 22), door: "ssh")
      try ssh.expectOneLease {
        #expect(lab.answer(Self.git4, 22) == .silence && lab.answer(Self.git6, 22) == .silence, "not what is behind it")
      }
      #expect(lab.answer(lab.gatewayV4, 23) == .silence, "nobody listens there, and nothing says so")
    }

    @Test func theInsideGoesOut() throws {
      let (lab, inner) = try lab()
      defer {
        inner.down()
        lab.down()
      }
      let outer = try Listener(in: lab.client, 80)
      let four = try Connection(from: inner.namespace, to: lab.clientV4, 80)
      #expect(try outer.next().peer == lab.gatewayV4, "masqueraded")
      let six = try Connection(from: inner.namespace, to: lab.clientV6, 80)
      #expect(try outer.next().peer == Self.git6, "as it is")
      withExtendedLifetime((four, six)) {}
      // An address that is none of the inside stays there, although there are routes for it.
      try Shell.must(["ip", "-n", lab.gateway, "route", "add", "192.0.2.9", "via", Self.git4])
      try Shell.must(["ip", "-n", lab.client, "route", "add", "192.0.2.9", "via", lab.gatewayV4])
      try Shell.must(["ip", "-n", inner.namespace, "address", "add", "192.0.2.9/32", "dev", "lo"])
      try Shell.must(["ip", "-n", inner.namespace, "route", "replace", "default", "via", "10.78.0.1", "src", "192.0.2.9"])
      #expect(lab.answer(lab.clientV4, 80, from: inner.namespace) == .silence)
    }
  }
}
