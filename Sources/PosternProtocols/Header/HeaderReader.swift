// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads packets whose headers are the knock. The rules of the kernel have compared most of it already; this does it again, for rules
/// may be wider than the keys, and recorded packets come without rules.
package struct HeaderReader: Sendable {
  private struct Trigger: Sendable {
    let key: KeyIndex
    let credential: HeaderCredential
    /// Nil where any port may come of it.
    let allowed: Set<Port>?
  }

  private let triggers: [Trigger]
  private let carriers: Set<HeaderCredential.Carrier>

  package init(_ keys: [Registered<HeaderCredential>]) {
    triggers = keys.map { registered in
      let allowed = registered.credential.allowed
      return Trigger(key: registered.key, credential: registered.credential, allowed: allowed.isEmpty ? nil : Set(allowed))
    }
    carriers = Set(keys.map(\.credential.carrier))
  }

  /// What a packet says: the knock of the first key that it fits. A port that the key's map does not lead to an allowed one is no fit.
  package func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard carriers.contains(packet.transport.carrier) else { return .refused(.wrongTransport) }
    for trigger in triggers where trigger.credential.fits(packet) {
      switch trigger.credential.target {
      case .door: return reading(trigger.key, nil, packet, at: now)
      case .strip10, .subtract, .table:
        let port = trigger.credential.target.port(for: packet.transport.destinationPort)
        guard let port, trigger.allowed?.contains(port) ?? true else { continue }
        return reading(trigger.key, port, packet, at: now)
      }
    }
    return .refused(.unknownKey)
  }

  /// Whoever saw the packet can send it: its name is new each time, and nothing is remembered.
  private func reading(_ key: KeyIndex, _ port: Port?, _ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    .knock(
      Knock(
        knockProtocol: .header, id: HeaderKnockID.id(key, packet, at: now), stamp: now, key: key, action: .open,
        wish: port.map { .services([Service(.tcp, $0)]) } ?? .door(nil), ipv4: packet.source.claim4, ipv6: packet.source.claim6))
  }
}

extension HeaderCredential {
  /// Whether carrier, flags and all fields are as they must be.
  func fits(_ packet: borrowing PacketView) -> Bool {
    guard packet.transport.carrier == carrier else { return false }
    if case .tcp(let header) = packet.transport, header.flags.rawValue & flagsAsked != flagsSet { return false }
    for condition in conditions {
      guard let value = condition.field.value(in: packet), condition.range.contains(value) else { return false }
    }
    return true
  }
}

extension TransportHeader {
  var carrier: HeaderCredential.Carrier {
    switch self {
    case .tcp: .tcp
    case .udp: .udp
    case .icmp: .icmp
    }
  }
}
