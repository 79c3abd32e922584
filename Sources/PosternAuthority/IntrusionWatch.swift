// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Gathers what speaks against sources, beside the decisions on knocks and without any say in them, and names the suspects.
///
/// It names no more than the keeper would ban, so that a flood of forged packets is not a flood of frames.
package struct IntrusionWatch: Sendable {
  /// Nil where nothing is held against anybody.
  private var table: EvidenceTable?
  private let limits: EvidenceLimits?
  private let telling: GateTables.KeyBucket
  private var told = TokenBucket()
  private var suspects: [Suspect] = []

  package init(_ limits: EvidenceLimits?, seed: UInt64) {
    self.limits = limits
    table = limits.map { EvidenceTable($0, seed: seed) }
    let perMinute = limits?.suspectsPerMinute ?? 1
    let refill = Timestamp.Span(nanoseconds: 60_000_000_000 / Int64(perMinute))
    telling = GateTables.KeyBucket(burst: perMinute, refill: refill)
  }

  package var isOn: Bool { table != nil }

  /// Something other than a knock came to a guarded port, or to a knock port.
  package mutating func touch(_ transport: UInt8, _ port: UInt16, from address: IPAddress, at now: Timestamp) {
    note(.ports, UInt32(transport) << 16 | UInt32(port), of: Suspect.source(of: address), at: now)
  }

  /// A packet was refused that came to this port; ICMP has none.
  package mutating func refused(
    _ denial: Denial, _ transport: TransportHeader, from address: IPAddress, at now: Timestamp
  ) {
    let source = Suspect.source(of: address)
    switch denial.weight {
    case .none: return
    case .code: note(.codes, of: source, at: now)
    case .refusal(let count):
      for _ in 0..<count { note(.refusals, of: source, at: now) }
      switch transport {
      case .udp(let header): touch(17, header.destinationPort, from: address, at: now)
      case .tcp(let header): touch(6, header.destinationPort, from: address, at: now)
      case .icmp: return
      }
    }
  }

  /// These grants were proved: whoever sent what in the names of their addresses, nothing of it counts any more, nor does what comes in the
  /// time of a window.
  package mutating func proved(_ grants: [Grant], at now: Timestamp) {
    guard let limits else { return }
    for grant in grants {
      if let endpoint = grant.ipv4 { table?.clear(Suspect.source(of: .v4(endpoint.address)), for: limits.window, at: now) }
      if let endpoint = grant.ipv6 { table?.clear(Suspect.source(of: .v6(endpoint.address)), for: limits.window, at: now) }
    }
  }

  /// Those that reached a limit since the last call.
  package mutating func takeSuspects() -> [Suspect] {
    guard !suspects.isEmpty else { return [] }
    defer { suspects.removeAll(keepingCapacity: true) }
    return suspects
  }

  private mutating func note(_ kind: EvidenceKind, _ value: UInt32 = 0, of source: AddressPrefix, at now: Timestamp) {
    guard let limits, table?.note(kind, value, of: source, at: now) == true, told.take(telling, at: now) else { return }
    suspects.append(Suspect(source: source, evidence: kind))
    table?.clear(source, for: limits.pause, at: now)
  }
}
