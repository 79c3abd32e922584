// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation

/// A wire with a delay between a lab's client and its gateway: a program in a namespace of its own that hands frames on.
final class Wire {
  private let namespace: String
  private var relay: UInt = 0

  /// `milliseconds` in each direction.
  init(in lab: Lab, milliseconds: UInt64) throws {
    namespace = lab.client.replacingOccurrences(of: "client", with: "wire")
    do {
      try Self.network(lab, namespace)
      relay = unsafe support_relay_start("/run/netns/" + namespace, "gateway0", "wire0", milliseconds * 1_000_000)
      guard relay != 0 else { throw Shell.Failure(description: "no relay in \(namespace)") }
    } catch {
      _ = try? Shell.run(["ip", "netns", "delete", namespace])
      throw error
    }
  }

  deinit { _ = stop() }

  /// The client's end of the link goes into the wire's namespace, and the client gets another.
  private static func network(_ lab: Lab, _ namespace: String) throws {
    try Shell.must(["ip", "netns", "add", namespace])
    try Shell.must(["ip", "-n", lab.client, "link", "set", "client0", "netns", namespace, "name", "gateway0"])
    try Shell.must([
      "ip", "-n", namespace, "link", "add", "wire0", "type", "veth", "peer", "name", "client0", "netns", lab.client,
    ])
    for interface in ["gateway0", "wire0"] {
      // It has no addresses and says nothing of its own.
      try Shell.must(["ip", "-n", namespace, "link", "set", interface, "addrgenmode", "none", "up"])
    }
    for (address, length) in [(lab.clientV4, "/16"), (lab.clientV6, "/64")] {
      let words = address.contains(":") ? ["nodad"] : []
      try Shell.must(["ip", "-n", lab.client, "address", "add", address + length, "dev", "client0"] + words)
    }
    try Shell.must(["ip", "-n", lab.client, "link", "set", "client0", "up"])
  }

  /// What the program itself added to the delay, for people; once.
  func stop() -> String {
    guard relay != 0 else { return "" }
    let share = support_relay_stop(relay)
    relay = 0
    _ = try? Shell.run(["ip", "netns", "delete", namespace])
    return
      "the relay's own share of \(share.frames) frames: p50 \(share.late_p50) us, p99 \(share.late_p99) us, \(share.lost) lost"
  }
}
