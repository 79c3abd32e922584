// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension Configuration {
  /// Sentences about every choice that takes protection away; the keeper prints them at start.
  package var notices: [String] {
    limits.notices + doors.compactMap(\.notice) + doors.compactMap(\.prefixNotice)
      + (gateway.clockIsTrusted ? [Self.clockNotice] : [])
  }

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

extension Configuration.Door {
  fileprivate var notice: String? {
    switch weakest {
    case .authenticated: nil
    case .keyed: "doors.\(name.value): keyed knocks open it, \(Self.weakWords)"
    case .plain: "doors.\(name.value): plain knocks open it, \(Self.weakWords)"
    }
  }

  fileprivate var prefixNotice: String? {
    let widths = [(ipv4, prefix4, "prefix4", AddressFamily.ipv4), (ipv6, prefix6, "prefix6", .ipv6)]
    let wide = widths.filter { $0.0 != nil && $0.1 < $0.3.width }.map { "\($0.2) = \($0.1)" }
    guard !wide.isEmpty else { return nil }
    return "doors.\(name.value): a lease admits everybody in the network of its address, \(wide.joined(separator: " and "))"
  }
}
