// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A host behind the gateway of a lab, in a namespace of its own, that the client reaches through the gateway. Goes away with `down()`.
final class InnerHost {
  /// One family's network between gateway and host.
  struct Network {
    var gateway: String
    var host: String
    /// `ip` writes a network as its address with a length.
    var prefix: String
    var length: Int

    fileprivate var family: String { host.contains(":") ? "-6" : "-4" }
    fileprivate var flags: [String] { host.contains(":") ? ["nodad"] : [] }
  }

  let namespace: String
  let networks: [Network]
  private let lab: Lab

  /// `link` is the gateway's interface towards the host.
  init(behind lab: Lab, link: String, _ networks: [Network]) throws {
    self.lab = lab
    self.networks = networks
    namespace = lab.gateway + "-" + link
    do {
      try join(link)
      for network in networks { try route(network, link) }
    } catch {
      down()
      throw error
    }
  }

  deinit { down() }

  func down() { _ = try? Shell.run(["ip", "netns", "delete", namespace]) }

  private func join(_ link: String) throws {
    try Shell.must(["ip", "netns", "add", namespace])
    try Shell.must(["ip", "-n", lab.gateway, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace])
    for (name, interface) in [(lab.gateway, link), (namespace, "eth0"), (namespace, "lo")] {
      try Shell.must(["ip", "-n", name, "link", "set", interface, "up"])
    }
    for setting in ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"] {
      try Shell.must(lab.at(lab.gateway, ["tee", "/proc/sys/" + setting]), input: "1")
    }
  }

  private func route(_ network: Network, _ link: String) throws {
    for (name, interface, address) in [(lab.gateway, link, network.gateway), (namespace, "eth0", network.host)] {
      try Shell.must(["ip", "-n", name, "address", "add", "\(address)/\(network.length)", "dev", interface] + network.flags)
    }
    let outer = network.family == "-6" ? "fd77::1" : lab.gatewayV4
    try Shell.must(["ip", network.family, "-n", namespace, "route", "add", "default", "via", network.gateway])
    try Shell.must(
      ["ip", network.family, "-n", lab.client, "route", "add", "\(network.prefix)/\(network.length)", "via", outer])
  }
}
