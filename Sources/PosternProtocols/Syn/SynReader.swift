// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads `syn` knocks: single SYNs whose window is a hint at the key and whose sequence and acknowledgement numbers are a code.
package struct SynReader: ~Copyable {
  private let secrets: SecretStore
  private let slots: [SecretStore.Slot]
  private let keys: [(key: KeyIndex, asksForPort: Bool)]
  private let code = SynCode()
  private var hints = SynHintTable()

  /// Copies the secrets into memory of its own.
  package init(_ keys: [Registered<SynCredential>], now: Timestamp) throws(CryptoError) {
    var secrets = try SecretStore(capacity: keys.count)
    var slots: [SecretStore.Slot] = []
    for each in keys { slots.append(try secrets.add(each.credential.secret)) }
    self.secrets = secrets
    self.slots = slots
    self.keys = keys.map { ($0.key, $0.credential.asksForPort) }
    advance(to: now)
  }

  package var secretsAreLocked: Bool { secrets.isLocked }

  /// Computes the hints of a new step; ``read(_:at:)`` does it too, a timer may do it earlier.
  package mutating func advance(to now: Timestamp) {
    hints.advance(to: SynStep.accepted(at: now), keys: keys.count) { key, step in
      secrets.withSecret(slots[key]) { code.hint(secret: $0, step: step) }
    }
  }

  /// What a packet says. A SYN that hints at nobody costs no hash.
  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard case .tcp(let header) = packet.transport, header.flags.intersection([.syn, .ack, .rst, .fin]) == .syn else {
      return .refused(.wrongTransport)
    }
    guard packet.payload.isEmpty else { return .refused(.wrongLength) }
    advance(to: now)
    let candidates = hints.candidates(header.window)
    guard !candidates.isEmpty else { return .refused(.unknownKey) }
    let sent = UInt64(header.sequence) << 32 | UInt64(header.acknowledgement)
    for candidate in candidates {
      for action in [Knock.Action.open, .close] {
        let claim = SynClaim(action: action, step: candidate.step, port: header.destinationPort, source: packet.source)
        let computed = secrets.withSecret(slots[candidate.key]) { code.code(secret: $0, claim) }
        guard isEqual(computed.high.high, sent) else { continue }
        return reading(claim, keys[candidate.key], id: computed.low)
      }
    }
    return .refused(.wrongTag)
  }

  /// The code covers the address, so the knock names it.
  private func reading(_ claim: SynClaim, _ key: (key: KeyIndex, asksForPort: Bool), id: Bytes16) -> Reading {
    let service = key.asksForPort ? Port(claim.port).map { Service(.tcp, $0) } : nil
    return .knock(
      Knock(
        knockProtocol: .syn, id: id, stamp: SynStep.start(of: claim.step), key: key.key, action: claim.action,
        wish: service.map { .services([$0]) } ?? .door(nil), ipv4: claim.source.named4, ipv6: claim.source.named6))
  }

  private func isEqual(_ left: UInt64, _ right: UInt64) -> Bool {
    left.withBytes { left in right.withBytes { right in constantTimeEqual(left, right) } }
  }
}
