// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension Configuration {
  /// Sentences about every choice that takes protection away; the keeper prints them at start.
  package var notices: [String] {
    limits.notices + doors.flatMap(\.notices) + (gateway.clockIsTrusted ? [Self.clockNotice] : []) + userNotices
  }

  /// The first few: thousands of users may have the same to say.
  private var userNotices: [String] {
    let all = users.flatMap { $0.notices(doors) }
    let rest = all.count - Self.userNoticeLimit
    return rest > 0 ? all.prefix(Self.userNoticeLimit) + ["and \(rest) more like it of other users"] : all
  }

  private static let userNoticeLimit = 32

  private static let clockNotice = "gateway: clock is trusted, although the kernel may not call it synchronised"
}

extension Configuration.Limits {
  fileprivate var notices: [String] {
    let standard = Self.standard
    let counts = [
      ("key-burst", standard.keyBurst, keyBurst), ("grants-per-minute", standard.grantsPerMinute, grantsPerMinute),
      ("leases-per-door", standard.leasesPerDoor, leasesPerDoor), ("curve-budget", standard.curveBudget, curveBudget),
    ]
    return counts.filter { $0.2 > $0.1 }.map { "limits: \($0.0) raised from \($0.1) to \($0.2)" } + refillNotice
  }

  /// A shorter time is a higher rate.
  private var refillNotice: [String] {
    let standard = Self.standard.keyRefill
    guard keyRefill < standard else { return [] }
    return ["limits: key-refill shortened from \(DurationText.text(standard)) to \(DurationText.text(keyRefill))"]
  }
}

extension Configuration.User {
  fileprivate func notices(_ doors: [Configuration.Door]) -> [String] {
    let standard = Configuration.Limits.standard
    let counts = [
      ("key-burst", standard.keyBurst, rate.keyBurst), ("grants-per-minute", standard.grantsPerMinute, rate.grantsPerMinute),
    ]
    let raised = counts.compactMap { name, usual, own in
      own.flatMap { $0 > usual ? "users.\(self.name.value): \(name) raised from \(usual) to \($0)" : nil }
    }
    let denied = deniedDoors.map { "users.\(name.value): names doors.\(doors[$0].name.value), whose users leave him out" }
    return raised + refillNotice + denied
  }

  private var refillNotice: [String] {
    let standard = Configuration.Limits.standard.keyRefill
    guard let refill = rate.keyRefill, refill < standard else { return [] }
    let texts = (DurationText.text(standard), DurationText.text(refill))
    return ["users.\(name.value): key-refill shortened from \(texts.0) to \(texts.1)"]
  }
}

extension Configuration.Door {
  fileprivate var notices: [String] { [weakNotice, quotaNotice, prefixNotice].compactMap(\.self) }

  private var quotaNotice: String? {
    let standard = Configuration.Limits.standard.leasesPerDoor
    guard let own = quotas.leasesPerUser, own > standard else { return nil }
    return "doors.\(name.value): leases-per-user raised from \(standard) to \(own)"
  }

  private var weakNotice: String? {
    switch weakest {
    case .authenticated: nil
    case .keyed: "doors.\(name.value): keyed knocks open it, \(Self.weakWords)"
    case .plain: "doors.\(name.value): plain knocks open it, \(Self.weakWords)"
    }
  }

  private var prefixNotice: String? {
    let widths = [(ipv4, prefix4, "prefix4", AddressFamily.ipv4), (ipv6, prefix6, "prefix6", .ipv6)]
    let wide = widths.filter { $0.0 != nil && $0.1 < $0.3.width }.map { "\($0.2) = \($0.1)" }
    guard !wide.isEmpty else { return nil }
    return "doors.\(name.value): a lease admits everybody in the network of its address, \(wide.joined(separator: " and "))"
  }
}
