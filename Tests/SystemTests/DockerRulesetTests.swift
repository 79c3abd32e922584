// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `examples/beside-docker.nft` beside the rules that dockerd makes through iptables-nft for two published ports, with packets. dockerd
/// itself needs more of a system than a namespace; its rules are written here as version 20.10 with `"ip6tables": true` writes them.
extension SystemSuite {
  @Suite struct DockerRulesetTests {
    private static let container4 = "172.17.0.2"
    private static let container6 = "fd00:d::2"
    private static let published = ["8080": "80", "9090": "90"]

    private func lab() throws -> (Lab, InnerHost) {
      let lab = try Lab(.init(lease: "3s", rules: ["postern.nft", "examples/beside-docker.nft"], ports: ["tcp/8080"]))
      let container = try InnerHost(
        behind: lab, link: "docker0",
        [
          .init(gateway: "172.17.0.1", host: Self.container4, prefix: "172.17.0.0", length: 16),
          .init(gateway: "fd00:d::1", host: Self.container6, prefix: "fd00:d::", length: 64),
        ])
      try docker(lab, "iptables-nft", network: "172.17.0.0/16", container: Self.container4, target: Self.container4)
      try docker(lab, "ip6tables-nft", network: "fd00:d::/64", container: Self.container6, target: "[\(Self.container6)]")
      return (lab, container)
    }

    private func docker(_ lab: Lab, _ tables: String, network: String, container: String, target: String) throws {
      let forward = "-A FORWARD"
      var rules = [
        "-t nat -N DOCKER", "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
        "-t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER",
        "-t nat -A POSTROUTING -s \(network) ! -o docker0 -j MASQUERADE", "-t nat -A DOCKER -i docker0 -j RETURN",
        "-P FORWARD DROP", "-N DOCKER", "-N DOCKER-USER", "\(forward) -j DOCKER-USER",
        "\(forward) -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "\(forward) -o docker0 -j DOCKER",
        "\(forward) -i docker0 ! -o docker0 -j ACCEPT", "\(forward) -i docker0 -o docker0 -j ACCEPT",
        "-A DOCKER-USER -j RETURN",
      ]
      for (outer, inner) in Self.published {
        rules.append("-t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport \(outer) -j DNAT --to-destination \(target):\(inner)")
        rules.append("-A DOCKER -d \(container) ! -i docker0 -o docker0 -p tcp -m tcp --dport \(inner) -j ACCEPT")
      }
      for rule in rules { try Shell.must(lab.at(lab.gateway, [tables] + rule.split(separator: " ").map(String.init))) }
    }

    @Test func aPublishedPortHasADoor() throws {
      let (lab, container) = try lab()
      defer {
        container.down()
        lab.down()
      }
      try lab.start()
      let open = try Listener(in: container.namespace, 90)
      let service = GuardedService(
        lab: lab, addresses: [lab.gatewayV4, "fd77::1"], port: 8080, listener: try Listener(in: container.namespace, 80))
      let streams = try service.expectOneLease {
        for address in [Self.container4, Self.container6] { #expect(lab.answer(address, 80) == .silence, "only as published") }
      }
      #expect(streams.map(\.far.peer) == [lab.clientV4, lab.clientV6])
      for address in service.addresses { #expect(lab.opens(address, 9090), "published and not guarded") }
      for address in [Self.container4, Self.container6] {
        #expect(lab.answer(address, 80) == .silence, "around the published port")
        #expect(lab.answer(address, 90) == .silence, "around the published port")
      }
      withExtendedLifetime(open) {}
    }

    /// What the rules of this file are for: without them the same ports are open to everybody.
    @Test func theInputHookNeverSeesIt() throws {
      let (lab, container) = try lab()
      defer {
        container.down()
        lab.down()
      }
      let listener = try Listener(in: container.namespace, 80)
      defer { withExtendedLifetime(listener) {} }
      #expect(lab.answer(lab.gatewayV4, 8080) == .silence)
      try Shell.must(lab.nft(["delete", "table", "inet", "postern"]))
      try lab.loadRules(Lab.root + "/nft/postern.nft")
      try Shell.must(lab.nft(["add", "element", "inet", "postern", "guarded", "{ tcp . 8080 }"]))
      #expect(lab.opens(lab.gatewayV4, 8080) && lab.opens(Self.container4, 80))
    }

    @Test func dockerProxyIsGuardedToo() throws {
      let (lab, container) = try lab()
      defer {
        container.down()
        lab.down()
      }
      try Shell.must(lab.at(lab.gateway, ["ip6tables-nft", "-t", "nat", "-F", "DOCKER"]))
      let proxy = try Listener(in: lab.gateway, 8080)
      let inner = try Listener(in: container.namespace, 80)
      defer { withExtendedLifetime((proxy, inner)) {} }
      #expect(lab.answer("fd77::1", 8080) == .silence)
      try lab.start()
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(try Shell.wait { try lab.isOpen(lab.clientV6) })
      let stream = try Connection(from: lab.client, to: "fd77::1", 8080)
      #expect(try stream.reaches(proxy.next()))
    }

    @Test func containersGoOut() throws {
      let (lab, container) = try lab()
      defer {
        container.down()
        lab.down()
      }
      // The same port of a host elsewhere is not this host's.
      let outer = try Listener(in: lab.client, 8080)
      let four = try Connection(from: container.namespace, to: lab.clientV4, 8080)
      #expect(try outer.next().peer == lab.gatewayV4)
      let six = try Connection(from: container.namespace, to: lab.clientV6, 8080)
      #expect(try six.reaches(outer.next()))
      withExtendedLifetime(four) {}
    }
  }
}
