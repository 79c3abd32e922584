// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What the SYNs of a system have in common, in the form of p0f 3: `ver:ittl:olen:mss:wsize,scale:olayout:quirks:pclass`.
///
/// Two things are a user's setting or the network's, and count only where the pattern names them: `ecn` and `flow`. What only IPv4 has
/// (`df`, `id+`, `id-`) is passed over for IPv6 by a pattern for both.
package struct SynPattern: Hashable, Sendable {
  package enum Window: Hashable, Sendable {
    case any
    case exactly(UInt16)
    case segments(UInt16)
    /// Of the segment size and the shortest headers.
    case packets(UInt16)
    case multiple(of: UInt16)
  }

  package enum DataClass: String, Hashable, Sendable, CaseIterable {
    case none = "0"
    case some = "+"
    case any = "*"
  }

  /// No path is longer.
  package static let mostHops: UInt8 = 35

  /// Nil for both.
  package let family: AddressFamily?
  package let hopLimit: UInt8
  /// A hop limit from which nothing can be told, but that it was no higher.
  package let hasAnyHops: Bool
  package let networkOptionBytes: UInt8
  /// Nil for any.
  package let segmentSize: UInt16?
  package let window: Window
  package let windowScale: UInt8?
  package let layout: TCPOptionLayout
  package let quirks: SynQuirks
  package let dataClass: DataClass

  package func fits(_ syn: SynSignature) -> Bool {
    guard family == nil || family == syn.family, Int(networkOptionBytes) == syn.networkOptionBytes else { return false }
    guard fitsHops(syn.hopLimit), segmentSize == nil || segmentSize == syn.segmentSize, fitsWindow(syn) else { return false }
    guard windowScale == nil || windowScale == syn.windowScale, layout == syn.layout else { return false }
    return fitsQuirks(syn) && fitsData(syn)
  }

  private func fitsHops(_ arrived: UInt8) -> Bool {
    arrived <= hopLimit && (hasAnyHops || hopLimit - arrived <= Self.mostHops)
  }

  private func fitsWindow(_ syn: SynSignature) -> Bool {
    let (window, size) = (Int(syn.window), Int(syn.segmentSize))
    switch self.window {
    case .any: return true
    case .exactly(let value): return syn.window == value
    case .multiple(let unit): return syn.window.isMultiple(of: unit)
    case .packets(let count): return size > 0 && window == Int(count) * (size + (syn.family == .ipv4 ? 40 : 60))
    // Some count the bytes that are left beside the timestamps (12 with their padding).
    case .segments(let count):
      return size > 12 && (window == Int(count) * size || syn.hasTimestamps && window == Int(count) * (size - 12))
    }
  }

  private func fitsQuirks(_ syn: SynSignature) -> Bool {
    var wanted = quirks
    if family == nil, syn.family == .ipv6 { wanted.subtract([.dontFragment, .identified, .unidentified]) }
    if family == nil, syn.family == .ipv4 { wanted.subtract(.flowLabel) }
    return syn.quirks.isSuperset(of: wanted) && syn.quirks.subtracting(wanted).isSubset(of: [.congestion, .flowLabel])
  }

  private func fitsData(_ syn: SynSignature) -> Bool {
    switch dataClass {
    case .none: !syn.hasData
    case .some: syn.hasData
    case .any: true
    }
  }
}
