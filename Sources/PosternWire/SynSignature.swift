// SPDX-License-Identifier: Apache-2.0

/// What the SYN that opens a flow shows of its sender's operating system. Everything in it can be chosen by who sends it.
package struct SynSignature: Hashable, Sendable {
  package var family: AddressFamily
  /// As it arrived.
  package var hopLimit: UInt8
  /// Bytes of IPv4 options or of IPv6 extension headers.
  package var networkOptionBytes: Int
  /// Zero where there is no such option, as for the scale.
  package var segmentSize: UInt16
  package var window: UInt16
  package var windowScale: UInt8
  package var layout: TCPOptionLayout
  package var quirks: SynQuirks
  package var hasData: Bool

  /// Nil for all but a TCP segment that opens a flow, and for one with more options than any system sends.
  package init?(_ view: borrowing PacketView) {
    guard case .tcp(let tcp) = view.transport, tcp.flags.opensFlow else { return nil }
    guard let options = SynOptions(view.transportOptions) else { return nil }
    family = view.network.family
    hopLimit = view.network.hopLimit
    networkOptionBytes = view.networkOptions.byteCount
    segmentSize = options.segmentSize
    window = tcp.window
    windowScale = options.windowScale
    layout = options.layout
    quirks = options.quirks.union(view.network.quirks).union(tcp.quirks)
    hasData = !view.payload.isEmpty
  }

  /// The least of the values with which systems start that is not below the one that arrived.
  package var initialHopLimit: UInt8 { [32, 64, 128].first { hopLimit <= $0 } ?? 255 }

  package var hasTimestamps: Bool { (0..<layout.count).contains { layout[$0] == TCPOptionLayout.Kind.timestamps } }
}

extension SynSignature: CustomStringConvertible {
  /// p0f 3's raw form: `4:60+4:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0`. The hops are a guess.
  package var description: String {
    let hops = initialHopLimit - hopLimit
    let version = family == .ipv4 ? 4 : 6
    return
      "\(version):\(hopLimit)+\(hops):\(networkOptionBytes):\(segmentSize):\(windowText),\(windowScale):\(layout):\(quirks):\(hasData ? "+" : "0")"
  }

  /// As a multiple of the segment size where it is one of an honest size.
  private var windowText: String {
    guard segmentSize >= 100, window >= segmentSize, window.isMultiple(of: segmentSize) else { return "\(window)" }
    return "mss*\(window / segmentSize)"
  }
}

extension NetworkHeader {
  fileprivate var hopLimit: UInt8 {
    switch self {
    case .v4(let header): header.timeToLive
    case .v6(let header): header.hopLimit
    }
  }

  fileprivate var quirks: SynQuirks {
    var quirks: SynQuirks = []
    switch self {
    case .v4(let header):
      if header.dontFragment { quirks.insert(.dontFragment) }
      if header.dontFragment, header.identification != 0 { quirks.insert(.identified) }
      if !header.dontFragment, header.identification == 0 { quirks.insert(.unidentified) }
      if header.hasReservedBit { quirks.insert(.reserved) }
      if header.typeOfService & 3 != 0 { quirks.insert(.congestion) }
    case .v6(let header):
      if header.flowLabel != 0 { quirks.insert(.flowLabel) }
      if header.trafficClass & 3 != 0 { quirks.insert(.congestion) }
    }
    return quirks
  }
}

extension TCPHeader {
  fileprivate var quirks: SynQuirks {
    var quirks: SynQuirks = []
    if !flags.isDisjoint(with: [.ece, .cwr]) || reserved & 1 != 0 { quirks.insert(.congestion) }
    if reserved & 14 != 0 { quirks.insert(.reserved) }
    if sequence == 0 { quirks.insert(.sequenceZero) }
    if acknowledgement != 0 { quirks.insert(.acknowledgement) }
    if flags.contains(.urg) { quirks.insert(.urgent) } else if urgentPointer != 0 { quirks.insert(.urgentPointer) }
    if flags.contains(.psh) { quirks.insert(.push) }
    return quirks
  }
}
