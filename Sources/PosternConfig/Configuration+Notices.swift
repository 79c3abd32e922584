// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension Configuration {
  /// Sentences about every choice that takes protection away; the keeper prints them at start.
  package var notices: [String] {
    limits.notices + actions.compactMap(\.weakNotice) + doors.flatMap(\.notices)
      + (gateway.clockIsTrusted ? [Self.clockNotice] : []) + userNotices + Self.first(plainSequenceNotices)
  }

  /// The first few: thousands of users may have the same to say.
  private var userNotices: [String] { Self.first(users.flatMap { $0.notices(doors) }) }

  private static func first(_ all: [String]) -> [String] {
    let rest = all.count - userNoticeLimit
    return rest > 0 ? all.prefix(userNoticeLimit) + ["and \(rest) more like it of other users"] : all
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
    let weak = keys.compactMap { key in
      (key.sequenceNotice ?? key.datagramNotice).map { "users.\(name.value).keys.\(key.name.value): \($0)" }
    }
    return raised + refillNotice + denied + weak
  }

  private var refillNotice: [String] {
    let standard = Configuration.Limits.standard.keyRefill
    guard let refill = rate.keyRefill, refill < standard else { return [] }
    let texts = (DurationText.text(standard), DurationText.text(refill))
    return ["users.\(name.value): key-refill shortened from \(texts.0) to \(texts.1)"]
  }
}

extension Configuration.Action {
  fileprivate var weakNotice: String? {
    switch weakest {
    case .authenticated: nil
    case .keyed: "actions.\(name.value): keyed knocks start it, \(Configuration.Door.weakWords)"
    case .plain: "actions.\(name.value): plain knocks start it, \(Configuration.Door.weakWords)"
    }
  }
}

extension Configuration.Door {
  fileprivate var notices: [String] { [weakNotice, quotaNotice, prefixNotice, systemNotice].compactMap(\.self) }

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

  /// Whoever asks for more than his clients can show locks them out.
  private var systemNotice: String? {
    guard let systems, !systems.allowsUnknown, !systems.awaitsFirstPacket else { return nil }
    return
      "doors.\(name.value): asks for \(systems.systems), and holds no first packets: knocks that come in no SYN of the client's system are refused"
  }

  private var prefixNotice: String? {
    let widths = [(ipv4, prefix4, "prefix4", AddressFamily.ipv4), (ipv6, prefix6, "prefix6", .ipv6)]
    let wide = widths.filter { $0.0 != nil && $0.1 < $0.3.width }.map { "\($0.2) = \($0.1)" }
    guard !wide.isEmpty else { return nil }
    return "doors.\(name.value): a lease admits everybody in the network of its address, \(wide.joined(separator: " and "))"
  }
}
