// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternWire
import Testing

/// A client whose IPv4 address a router translates, and whose IPv6 address it leaves alone.
extension SystemSuite {
  @Suite struct NatTests {
    @Test func oneKnockOpensBothFamilies() throws {
      let lab = try Lab()
      let home = try Home(lab)
      defer { home.down() }
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      for target in [Home.gatewayV4, Home.gatewayV6] { #expect(!lab.connects(target), "dead before the knock") }

      // Knocks over IPv6 do not arrive, so that it is the one over IPv4 that opens both.
      let drop = [
        "nft", "insert", "rule", "inet", "postern", "knock", "meta", "nfproto", "ipv6", "meta", "length", "232-348", "drop",
      ]
      try Shell.must(lab.at(lab.gateway, drop))
      for (number, carrier) in ["udp", "tcp-syn", "icmp"].enumerated() {
        let run = try lab.postern(["knock", "--once", "--carrier", carrier])
        #expect(run.status == 0)
        #expect(run.errors.contains("asking to admit the packet's IPv4 source, \(Home.clientV6)"), "\(run.errors)")
        #expect(Shell.wait { (try? lab.isOpen(Home.publicV4)) == true }, "\(carrier)")
        #expect(try lab.isOpen(Home.clientV6), "\(carrier)")
        #expect(try lab.elements("door4").map(\.address) == [Home.publicV4], "the private address means nothing to the gateway")
        #expect(lab.auditEvents("grant").count == number + 1, "one knock, one lease")
        for target in [Home.gatewayV4, Home.gatewayV6] { #expect(lab.connects(target), "\(target)") }

        #expect(try lab.postern(["knock", "--once", "--close"]).status == 0)
        #expect(Shell.wait { (try? lab.isOpen(Home.publicV4)) == false && (try? lab.isOpen(Home.clientV6)) == false })
      }
      #expect(lab.status()?.refused.isEmpty == true, "\(lab.status()?.refused ?? [])")
    }

    /// Each family's knock is a knock of its own, and neither spoils the other.
    @Test func knocksOverBothFamiliesAgree() throws {
      let lab = try Lab()
      let home = try Home(lab)
      defer { home.down() }
      try lab.start()
      let run = try lab.postern(["knock"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(Shell.wait { (try? lab.isOpen(Home.publicV4)) == true })
      #expect(try lab.isOpen(Home.clientV6))
      #expect(lab.auditEvents("grant").count == 8 && lab.auditEvents("refusal").isEmpty)
      let notes = lab.auditEvents("grant").flatMap { $0["notes"] as? [String] ?? [] }
      #expect(!notes.contains("family-skipped"), "no knock claims what it cannot bring about: \(notes)")
    }

    /// ssh's way: the connection stands, over either family.
    @Test(arguments: [Home.gatewayV4, Home.gatewayV6]) func connectGetsThrough(_ target: String) throws {
      let lab = try Lab()
      let home = try Home(lab)
      defer { home.down() }
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      let server = Thread {
        let stream = accept(listener, nil, nil)
        _ = unsafe write(stream, "hello", 5)
        close(stream)
      }
      server.start()
      let run = try lab.postern(["connect", target, "22"])
      #expect(run.status == 0 && run.output == "hello", "\(run.errors)")
    }

    /// The gateway decides whether a packet's source may count; where it may not, the family that was named opens all the same.
    @Test func withoutLeaveOnlyTheNamedFamilyOpens() throws {
      let lab = try Lab()
      let home = try Home(lab)
      defer { home.down() }
      try lab.edit("postern.toml") { $0.replacingOccurrences(of: "packet-source = true", with: "packet-source = false") }
      try lab.start()
      let run = try lab.postern(["knock", "--once"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(Shell.wait { (try? lab.isOpen(Home.clientV6)) == true })
      #expect(Shell.wait { lab.auditEvents("refusal").first?["reason"] as? String == "address-mode-not-permitted" })
      #expect(try lab.elements("door4").isEmpty)
    }
  }

  /// A home beside the lab's gateway: the client's link is moved to a router that translates IPv4 to one public address and routes
  /// IPv6. The public addresses are of the documentation ranges and exist in these namespaces only.
  final class Home {
    static let gatewayV4 = "203.0.113.1"
    static let gatewayV6 = "2001:db8:1::1"
    static let publicV4 = "203.0.113.9"
    static let clientV6 = "2001:db8:2::2"

    private let lab: Lab
    private let router: String

    init(_ lab: Lab) throws {
      self.lab = lab
      router = lab.client.replacingOccurrences(of: "client", with: "router")
      do {
        try build()
      } catch {
        down()
        throw error
      }
    }

    func down() {
      lab.down()
      _ = try? Shell.run(["ip", "netns", "delete", router])
    }

    private func build() throws {
      try Shell.must(["ip", "netns", "add", router])
      try Shell.must(["ip", "-n", lab.client, "link", "delete", "client0"])
      try link(lab.gateway, "gate0", router, "outer")
      try link(router, "inner", lab.client, "client0")
      try host(lab.gateway, "gate0", Self.gatewayV4 + "/24", Self.gatewayV6 + "/64")
      try host(router, "outer", Self.publicV4 + "/24", "2001:db8:1::9/64")
      try host(router, "inner", "10.9.0.1/24", "2001:db8:2::1/64")
      try host(lab.client, "client0", "10.9.0.2/24", Self.clientV6 + "/64")
      try Shell.must(["ip", "-n", lab.client, "route", "add", "default", "via", "10.9.0.1"])
      try Shell.must(["ip", "-n", lab.client, "route", "add", "default", "via", "2001:db8:2::1"])
      try Shell.must(["ip", "-n", lab.gateway, "route", "add", "2001:db8:2::/64", "via", "2001:db8:1::9"])
      try translate()
      try lab.edit("client.profile") {
        $0.replacingOccurrences(of: "10.77.0.1, fd77::1", with: "\(Self.gatewayV4), \(Self.gatewayV6)")
      }
      #expect(try Shell.wait { try [lab.gateway, router, lab.client].allSatisfy(isSettled) }, "IPv6 addresses are usable")
    }

    /// A router asks for its neighbours from its link-local address, which is tentative for about a second.
    private func isSettled(_ namespace: String) throws -> Bool {
      try Shell.must(["ip", "-n", namespace, "-6", "address", "show", "tentative"]).isEmpty
    }

    private func link(_ left: String, _ leftName: String, _ right: String, _ rightName: String) throws {
      try Shell.must(["ip", "-n", left, "link", "add", leftName, "type", "veth", "peer", "name", rightName, "netns", right])
    }

    private func host(_ namespace: String, _ interface: String, _ v4: String, _ v6: String) throws {
      try Shell.must(["ip", "-n", namespace, "address", "add", v4, "dev", interface])
      try Shell.must(["ip", "-n", namespace, "address", "add", v6, "dev", interface, "nodad"])
      try Shell.must(["ip", "-n", namespace, "link", "set", "lo", "up"])
      try Shell.must(["ip", "-n", namespace, "link", "set", interface, "up"])
    }

    private func translate() throws {
      let forwarding = "for family in ipv4/ip_forward ipv6/conf/all/forwarding; do echo 1 > /proc/sys/net/$family; done"
      try Shell.must(lab.at(router, ["sh", "-c", forwarding]))
      let rules = """
        table ip home {
          chain out {
            type nat hook postrouting priority srcnat;
            oifname "outer" masquerade
          }
        }
        """
      try Shell.must(lab.at(router, ["nft", "-f", "-"]), input: rules)
    }
  }
}
