// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads `spa` packets, cheapest check first: length, tag, copy, budget, and only then the one curve operation.
///
/// Everything that libcrypto loads is loaded when the value is made: reading opens no file. It serves one thread.
package struct SPADecoder: ~Copyable {
  private let gateways: [SPAGateway]
  /// Of the gateways; the others are chained to it.
  private let first: SPAGateway?
  private let clients: SPAClientKeys
  private let noise: NoiseOneWay
  private let hint: SPAHint
  private var hints: SPAHintTable
  private var decided = SPATagCache()
  private var budget: CurveBudget

  /// Copies the secrets of `tables` into memory of its own; its caller erases them there.
  ///
  /// `seed` decides which packets are shed over the curve budget.
  package init(tables: GateTables, now: Timestamp, seed: UInt64) throws(CryptoError) {
    var gateways: [SPAGateway] = []
    for key in tables.gatewayKeys.reversed() {
      gateways.insert(try SPAGateway(key, admissions: tables.admissions, next: gateways.first), at: 0)
    }
    let hint = SPAHint()
    let clients = try SPAClientKeys(tables.registered(\.spa), gateways: gateways, hint)
    let noise = try NoiseOneWay(.xpsk1)
    var hints = SPAHintTable(entries: clients.pairCount)
    Self.advance(&hints, to: now, clients, hint)
    self.gateways = gateways
    first = gateways.first
    self.clients = clients
    self.noise = noise
    self.hint = hint
    self.hints = hints
    budget = CurveBudget(perSecond: tables.curveBudget, now: now, seed: seed)
  }

  /// Whether the clients' secrets can never reach a swap device.
  package var secretsAreLocked: Bool { clients.isLocked }

  /// Computes the hints of a new 64-second step; ``read(_:at:)`` does it too, a timer may do it earlier.
  package mutating func advance(to now: Timestamp) {
    Self.advance(&hints, to: now, clients, hint)
  }

  /// What a packet says; a packet that is no carrier is refused whatever its data.
  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard SPACarrier(packet) != nil else { return .refused(.wrongTransport) }
    return read(packet.payload, at: now)
  }

  /// What a datagram says. `datagram` is the whole data of the carrier, be it UDP, SYN or echo request.
  package mutating func read(_ datagram: RawSpan, at now: Timestamp) -> Reading {
    guard datagram.byteCount == SPAPacket.length else { return .refused(.wrongLength) }
    guard let addressee = addressee(of: datagram, at: now) else { return .refused(.wrongTag) }
    let tag = Bytes16(datagram)
    guard !decided.contains(tag) else { return .refused(.duplicate) }
    guard isWorthACurve(datagram, at: now) else { return .refused(.overload) }
    decided.insert(tag)
    return open(datagram, addressee)
  }

  /// The gateway key and admission secret that a datagram is tagged with; nil for any other datagram.
  package func addressee(ofAny datagram: RawSpan, at now: Timestamp) -> Addressee? {
    datagram.byteCount == SPAPacket.length ? addressee(of: datagram, at: now) : nil
  }

  /// The gateway key and admission secret that the packet is tagged with: one HMAC a pair of valid ones, four while both are being
  /// replaced.
  private func addressee(of datagram: RawSpan, at now: Timestamp) -> Addressee? {
    first?.addressee(of: datagram, at: now)
  }

  /// Within the budget everything that is tagged right: a user whose clock is wrong shall be told so. Over it only what could open a
  /// door, that is known hints: some servings each, and then a lot, since an observer can repeat a hint.
  private mutating func isWorthACurve(_ datagram: RawSpan, at now: Timestamp) -> Bool {
    if budget.take(at: now) { return true }
    advance(to: now)
    let hint = datagram.u64(at: SPAPacket.hintOffset)
    return hints.takeServing(hint) || (hints.contains(hint) && budget.drawsLot())
  }

  private static func advance(
    _ hints: inout SPAHintTable, to now: Timestamp, _ clients: borrowing SPAClientKeys, _ hint: borrowing SPAHint
  ) {
    hints.advance(to: SPAHint.step(of: now)) { clients.hint(ofPair: $0, step: $1, hint) }
  }
}

extension SPADecoder {
  private func open(_ datagram: RawSpan, _ addressee: Addressee) -> Reading {
    let gateway = Int(addressee.gatewayKey)
    do {
      let half = try readStatic(datagram, gateways[gateway])
      guard let place = clients.place(of: half.initiator) else { return .refused(.unknownKey) }
      let payload = try readPayload(datagram, after: half, place, gateway: gateway)
      return knock(payload, datagram, from: half.initiator, place, addressee)
    } catch {
      return .refused(Self.denial(error))
    }
  }

  private func readStatic(_ datagram: RawSpan, _ gateway: SPAGateway) throws(CryptoError) -> NoiseOneWay.HalfRead {
    let message = datagram.extracting(droppingFirst: SPAPacket.noiseOffset)
    let prologue = SPAPrologue.bytes(gateway: gateway.publicKey, hint: datagram.u64(at: SPAPacket.hintOffset))
    return try prologue.withBytes { prologue throws(CryptoError) in
      try noise.readStatic(message, prologue: prologue, responder: gateway.privateKey)
    }
  }

  private func readPayload(
    _ datagram: RawSpan, after half: NoiseOneWay.HalfRead, _ place: Int, gateway: Int
  ) throws(CryptoError) -> [UInt8] {
    let message = datagram.extracting(droppingFirst: SPAPacket.noiseOffset)
    return try clients.withSecrets(of: place, gateway: gateway) { shared, psk throws(CryptoError) in
      try noise.readPayload(message, after: half, staticStatic: shared, presharedKey: psk)
    }
  }

  /// From here on the sender is known, and what is refused is refused in his name.
  private func knock(
    _ bytes: [UInt8], _ datagram: RawSpan, from client: Bytes32, _ place: Int, _ addressee: Addressee
  ) -> Reading {
    let key = clients.index(of: place)
    guard let payload = bytes.withBytes({ SPAPayload($0) }) else { return .refusedKnown(.malformedPayload, key) }
    let gateway = Int(addressee.gatewayKey)
    let expected = clients.hint(of: place, gateway: gateway, step: SPAHint.step(of: payload.stamp), hint)
    guard expected == datagram.u64(at: SPAPacket.hintOffset) else { return .refusedKnown(.wrongHint, key) }
    return .knock(
      Knock(
        knockProtocol: .spa, id: SPAKnockID.id(client: client, stamp: payload.stamp), stamp: payload.stamp, key: key,
        action: payload.action, wish: .door(payload.door), ipv4: payload.ipv4, ipv6: payload.ipv6,
        wishedLease: payload.wishedLease,
        totp: payload.totp, addressee: addressee))
  }

  private static func denial(_ error: CryptoError) -> Denial {
    switch error {
    case .refusedPoint: .badEphemeral
    case .badSeal: .badSeal
    // Only a lack of memory leads here.
    case .unavailable, .failed, .wrongLength, .noRandomness, .storeFull, .badPadding, .noLegacyProvider: .overload
    }
  }
}
