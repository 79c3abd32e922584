// SPDX-License-Identifier: Apache-2.0
import PosternPlatform

/// The settings of connection tracking that sessions depend on, in this network namespace.
enum TrackingSettings {
  private struct Setting {
    var name: String
    var wanted: String
    var loss: String
  }

  private static let settings = [
    Setting(name: "nf_conntrack_events", wanted: "1", loss: "sessions that begin before posternd listens end untold"),
    Setting(name: "nf_conntrack_acct", wanted: "1", loss: "sessions have no counts of packets and bytes"),
    Setting(name: "nf_conntrack_timestamp", wanted: "1", loss: "sessions begin when posternd hears of them"),
    Setting(
      name: "nf_conntrack_tcp_be_liberal", wanted: "0",
      loss: "an acknowledgement with forged numbers can take a one-shot door"),
  ]

  /// What is set otherwise, and what that means; deploy/postern-sysctl.conf sets it all.
  static var advice: [String] {
    settings.compactMap { setting in
      guard let value = value(setting.name), value != setting.wanted else { return nil }
      return "net.netfilter.\(setting.name) is \(value) instead of \(setting.wanted): \(setting.loss)"
    }
  }

  /// Nil where the kernel has no such setting, as before its module is loaded.
  private static func value(_ name: String) -> String? {
    guard let file = try? BoundedFile.open("/proc/sys/net/netfilter/" + name),
      let bytes = try? BoundedFile.read(file, limit: 64)
    else { return nil }
    return String(decoding: bytes.prefix { $0 > 32 }, as: UTF8.self)
  }
}
