// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads sequences in the way of pasmal: an opener, then real packets among decoys, then a one-time password; the last two where the key
/// has them.
///
/// While a source is in an opener each of its packets has to be the next step; any other ends the attempt, so that no scan of all ports
/// opens anything. In a stream what is not the next real packet is a decoy, until more packets came than a stream has, and a quarter.
/// One source may be in the sequences of several keys at once.
package struct PasmalReader: ~Copyable {
  private struct Member {
    let key: KeyIndex
    /// Without its secret.
    let credential: PasmalCredential
    let slot: SecretStore.Slot?
  }

  private enum Fit {
    case nothing
    case step
    case decoy
    case done(OneTimeClaim, code: UInt32?)
  }

  /// Keys that one source may be knocking for at once.
  private static let perSource = 16

  private let members: [Member]
  private let places: [KeyIndex: Int]
  private let store: SecretStore
  private var attempts: Attempts<PasmalProgress>

  /// `seed` keeps strangers from choosing addresses that slow the table of attempts down.
  package init(
    _ keys: [Registered<PasmalCredential>], seed: UInt64, capacity: Int = AttemptLimit.capacity
  ) throws(CryptoError) {
    var store = try SecretStore(capacity: keys.count)
    var members: [Member] = []
    for key in keys {
      var credential = key.credential
      let slot = try credential.screen.map { screen throws(CryptoError) in try store.add(screen.secret) }
      credential.screen?.secret = .zero
      members.append(Member(key: key.key, credential: credential, slot: slot))
    }
    self.members = members
    self.store = store
    places = Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    attempts = Attempts(
      blank: PasmalProgress(), capacity: keys.isEmpty ? 0 : capacity, perSource: Self.perSource, seed: seed)
  }

  /// Half-finished knocks.
  package var attemptCount: Int { attempts.count }

  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    let source = packet.source
    attempts.endExpired(of: source, at: now)
    if let reading = goOn(packet, from: source, at: now) { return reading }
    return begin(packet, from: source, at: now)
  }

  // MARK: Attempts

  /// Nil when the packet says nothing to any attempt of the source.
  private mutating func goOn(_ packet: borrowing PacketView, from source: IPAddress, at now: Timestamp) -> Reading? {
    var reading: Reading?
    var next = attempts.newest(of: source)
    while let place = next, attempts.steps(place) > 0 {
      next = attempts.older(than: place)
      guard let position = places[attempts.key(place)] else { continue }
      var progress = attempts[place]
      let fit = fit(packet, &progress, members[position])
      attempts[place] = progress
      switch fit {
      case .nothing: if progress.stage == .opener { attempts.end(place) }
      case .step:
        attempts.advance(place)
        reading = .step
      case .decoy:
        if isOver(progress, members[position]) { attempts.end(place) }
        reading = reading ?? .step
      case .done(let claim, let code):
        attempts.end(place)
        return knock(members[position], claim, code, progress.nonce, from: source, at: now)
      }
    }
    return reading
  }

  private mutating func begin(_ packet: borrowing PacketView, from source: IPAddress, at now: Timestamp) -> Reading {
    var reading = Reading.refused(.outOfSequence)
    for member in members where Self.fits(packet, member.credential.opener[0]) {
      var progress = PasmalProgress()
      if member.credential.opener.count == 1 {
        switch Self.endOpener(packet, &progress, member) {
        case .nothing: continue
        case .done(let claim, let code): return knock(member, claim, code, progress.nonce, from: source, at: now)
        case .step, .decoy: break
        }
      }
      attempts.begin(source, member.key, progress, lifetime: member.credential.timeout, at: now)
      reading = .step
    }
    return reading
  }

  private func fit(_ packet: borrowing PacketView, _ progress: inout PasmalProgress, _ member: Member) -> Fit {
    switch progress.stage {
    case .opener:
      guard Self.fits(packet, member.credential.opener[Int(progress.steps)]) else { return .nothing }
      progress.steps += 1
      return Int(progress.steps) < member.credential.opener.count ? .step : Self.endOpener(packet, &progress, member)
    case .screen: return fitScreen(packet, &progress, member)
    case .password: return Self.fitPassword(packet, progress, member)
    }
  }

  /// What comes behind the opener: the stream, the password, or nothing.
  private static func endOpener(
    _ packet: borrowing PacketView, _ progress: inout PasmalProgress, _ member: Member
  ) -> Fit {
    if member.credential.screen != nil {
      guard let nonce = PasmalNonce(packet) else { return .nothing }
      progress.nonce = nonce
      progress.stage = .screen
      return .step
    }
    guard member.credential.passwordPort != nil else { return .done(.none, code: nil) }
    progress.stage = .password
    return .step
  }

  private func fitScreen(_ packet: borrowing PacketView, _ progress: inout PasmalProgress, _ member: Member) -> Fit {
    guard let form = member.credential.screen, let slot = member.slot, form.contains(packet.transport.destinationPort),
      Self.isOfStream(packet)
    else { return .nothing }
    progress.packets += 1
    let (number, nonce) = (progress.real, progress.nonce)
    let due = store.withSecret(slot) { PasmalScreen(form, secret: $0).port(of: number, nonce) }
    guard packet.transport.destinationPort == due else { return .decoy }
    progress.real += 1
    guard progress.real == form.real else { return .step }
    let claim = OneTimeClaim(index: nonce.number)
    guard member.credential.passwordPort != nil else { return .done(claim, code: nil) }
    progress.stage = .password
    return .step
  }

  /// 32 bytes of a hash chain, or the digits of a code.
  private static func fitPassword(_ packet: borrowing PacketView, _ progress: PasmalProgress, _ member: Member) -> Fit {
    let port = packet.transport.destinationPort
    guard case .udp = packet.transport, port == member.credential.passwordPort?.number else {
      // What is left of the stream.
      return member.credential.screen?.contains(port) == true && isOfStream(packet) ? .decoy : .nothing
    }
    var claim = OneTimeClaim()
    if member.credential.screen != nil { claim.index = progress.nonce.number }
    let payload = packet.payload
    if payload.byteCount == 32 {
      claim.link = Bytes32(payload)
      return .done(claim, code: nil)
    }
    guard let code = PasmalCode.read(payload) else { return .nothing }
    return .done(claim, code: code)
  }

  private func isOver(_ progress: PasmalProgress, _ member: Member) -> Bool {
    guard progress.stage == .screen, let form = member.credential.screen else { return false }
    return Int(progress.packets) >= Int(form.packets) * 5 / 4
  }

  // MARK: Packets

  /// Real packets and decoys look the same: the first segment of a TCP flow, or a datagram.
  private static func isOfStream(_ packet: borrowing PacketView) -> Bool {
    switch packet.transport {
    case .tcp(let header): header.flags.contains(.syn) && !header.flags.contains(.ack)
    case .udp: true
    case .icmp: false
    }
  }

  private static func fits(_ packet: borrowing PacketView, _ step: PasmalCredential.Step) -> Bool {
    switch (packet.transport, step) {
    case (.tcp(let header), .tcp(let port, let flags)): header.destinationPort == port.number && flags.fits(header.flags)
    case (.udp, .udp(let port)): packet.transport.destinationPort == port.number
    case (.icmp(let header), .echo(let identifier, let sequence, let length)):
      header.type == ICMPHeader.echoRequest(packet.network.family) && header.code == 0
        && header.identifier == identifier ?? header.identifier && header.sequence == sequence ?? header.sequence
        && packet.payload.byteCount == length.map(Int.init) ?? packet.payload.byteCount
    case (.tcp, _), (.udp, _), (.icmp, _): false
    }
  }

  /// A plain sequence proves nothing; the stream proves the key's secret, and a password itself.
  private func knock(
    _ member: Member, _ claim: OneTimeClaim, _ code: UInt32?, _ nonce: PasmalNonce, from source: IPAddress, at now: Timestamp
  ) -> Reading {
    let isPlain = member.credential.screen == nil && member.credential.passwordPort == nil
    var knock = Knock(
      knockProtocol: .pasmal, id: id(member, nonce, source, at: now), stamp: now, key: member.key, action: .open,
      wish: .door(nil), ipv4: source.claim4, ipv6: source.claim6, totp: code, strength: isPlain ? .plain : .keyed)
    knock.oneTime = claim
    return .knock(knock)
  }

  private func id(_ member: Member, _ nonce: PasmalNonce, _ source: IPAddress, at now: Timestamp) -> Bytes16 {
    guard let form = member.credential.screen, let slot = member.slot else {
      return SequenceKnockID.id(.pasmal, member.key, source, at: now)
    }
    return store.withSecret(slot) { PasmalScreen(form, secret: $0).id(nonce) }
  }
}
