// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads port sequences: gathers the SYNs of each source, and tries to read them as soon as there are enough.
///
/// What it costs is bounded: a sealed sequence is opened under the key that its hint names and no other, a classic one under at most
/// ``PortsCredential/legacyKeys`` keys. It serves one thread.
package struct PortsReader: ~Copyable {
  /// Sources that can be half-way through a sequence at a time: 6 MB.
  static let capacity = 16_384

  private var channels: [PortsChannel] = []
  private var sealed: SealedKeys
  /// The keys of `sealed` in its count, and the channel of each.
  private var sealedKeys: [(key: KeyIndex, channel: Int)] = []
  private var attempts: Attempts<PortQueue>

  /// Moves the secrets into memory of its own. `seed` only spreads sources in a table.
  ///
  /// Loads a module when there are classic keys; throws ``CryptoError/noLegacyProvider`` where it is not installed.
  package init(
    _ keys: [Registered<PortsCredential>], now: Timestamp, seed: UInt64
  ) throws(CryptoError) {
    var channels: [PortsChannel] = []
    var sealedKeys: [(key: KeyIndex, channel: Int)] = []
    var secrets: [Bytes32] = []
    var ciphers: LegacyCiphers?
    for registered in keys {
      let (key, credential) = (registered.key, registered.credential)
      let channel = Self.channel(of: .init(credential), &channels)
      var cipher: BlowfishKey?
      switch credential.form {
      case .sealed(let secret):
        secrets.append(secret)
        sealedKeys.append((key, channel))
        continue
      case .legacy(let secret):
        let loaded = if let ciphers { ciphers } else { try LegacyCiphers() }
        ciphers = loaded
        cipher = try BlowfishKey(secret, loaded)
      case .plain: break
      }
      channels[channel].classic.append(.init(key: key, cipher: cipher, needsSource: credential.needsSource))
    }
    sealed = try SealedKeys(
      secrets, of: .ports, forms: AddressFamily.allCases.map { PortsClaim.form($0) }, now: now)
    self.channels = channels
    self.sealedKeys = sealedKeys
    attempts = Attempts(blank: .empty, capacity: channels.isEmpty ? 0 : Self.capacity, seed: seed)
  }

  private static func channel(of shape: PortsChannel.Shape, _ channels: inout [PortsChannel]) -> Int {
    if let known = channels.firstIndex(where: { $0.shape == shape }) { return known }
    channels.append(PortsChannel(shape))
    return channels.count - 1
  }

  /// Whether the secrets can never reach a swap device.
  package var secretsAreLocked: Bool { sealed.areLocked }

  /// Computes the hints of a new step before a packet asks for them.
  package mutating func advance(to now: Timestamp) { sealed.advance(to: now) }

  /// What a packet says; of channels that share a port the one that says most.
  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard case .tcp(let header) = packet.transport, header.flags.intersection([.syn, .ack, .rst, .fin]) == .syn else {
      return .refused(.wrongTransport)
    }
    attempts.endExpired(of: packet.source, at: now)
    var best = Reading.refused(.outOfSequence)
    for channel in channels.indices {
      guard let symbol = channels[channel].alphabet.symbol(of: header.destinationPort) else { continue }
      let reading = read(symbol, header.sequence, from: packet.source, channel, at: now)
      if reading.weight > best.weight { best = reading }
    }
    return best
  }

  private mutating func read(
    _ symbol: UInt16, _ sequence: UInt32, from source: IPAddress, _ channel: Int, at now: Timestamp
  ) -> Reading {
    guard let place = place(of: source, channel, symbol, at: now) else { return .refused(.outOfSequence) }
    attempts[place].append(symbol, sequence: sequence, at: now, window: channels[channel].shape.window)
    let reading = channels[channel].shape.isSealed ? open(place, channel, at: now) : decode(place, channel, source, at: now)
    switch reading {
    case .knock, .refusedKnown: attempts.end(place)
    case .refused, .step: break
    }
    return reading
  }

  /// The attempt that a packet belongs to; nil when none may begin with it.
  ///
  /// An attempt lives for two windows; one that is older than half of that is begun anew with what it holds, so that a sequence is
  /// not cut by the end of an attempt that some other packet began.
  private mutating func place(
    of source: IPAddress, _ channel: Int, _ symbol: UInt16, at now: Timestamp
  ) -> Attempts<PortQueue>.Place? {
    let window = channels[channel].shape.window
    let lifetime = Timestamp.Span(nanoseconds: 2 * window.nanoseconds)
    let number = KeyIndex(channel)
    guard let place = attempts.find(source, number) else {
      guard channels[channel].mayBegin(symbol, at: now) else { return nil }
      return attempts.begin(source, number, .empty, lifetime: lifetime, at: now)
    }
    guard attempts.begun(place) + window < now else {
      attempts.advance(place)
      return place
    }
    let held = attempts[place]
    let renewed = attempts.begin(source, number, held, lifetime: lifetime, at: now)
    attempts.advance(renewed)
    return renewed
  }
}

// MARK: Sealed

extension PortsReader {
  private mutating func open(_ place: Attempts<PortQueue>.Place, _ channel: Int, at now: Timestamp) -> Reading {
    let queue = attempts[place]
    for family in AddressFamily.allCases {
      let length = PortsClaim.envelopeLength(family)
      guard let symbols = channels[channel].candidates(queue, bytes: length),
        SealedKeys.isNear(channels[channel].alphabet.counter(of: symbols), at: now),
        let bytes = channels[channel].alphabet.bytes(of: symbols, count: length)
      else { continue }
      switch bytes.withBytes({ sealed.open($0, form: PortsClaim.form(family), at: now) }) {
      case .unknown: continue
      case .badSeal: return .refused(.badSeal)
      case .opened(let key, let id, let counter, let plain):
        guard sealedKeys[key].channel == channel else { return .refused(.badSeal) }
        return knock(plain, family, sealedKeys[key].key, id, Timestamp(nanoseconds: counter), at: now)
      }
    }
    return .step
  }

  /// From here on the sender is known, and what is refused is refused in his name.
  private func knock(
    _ plain: [UInt8], _ family: AddressFamily, _ key: KeyIndex, _ id: Bytes16, _ stamp: Timestamp, at now: Timestamp
  ) -> Reading {
    guard let claim = plain.withBytes({ PortsClaim($0, family: family) }) else { return .refusedKnown(.malformedPayload, key) }
    if let denial = SealedKeys.staleness(of: stamp, at: now) { return .refusedKnown(denial, key) }
    var knock = Knock(
      knockProtocol: .ports, id: id, stamp: stamp, key: key, action: claim.action,
      wish: claim.service.map { .services([$0]) } ?? .door(nil),
      ipv4: .none, ipv6: .none, wishedLease: UInt32(claim.wishedLease), totp: nil, strength: .authenticated)
    switch claim.address {
    case .v4(let address): knock.ipv4 = address
    case .v6(let address): knock.ipv6 = address
    }
    return .knock(knock)
  }
}

// MARK: Classic

extension PortsReader {
  private func decode(
    _ place: Attempts<PortQueue>.Place, _ channel: Int, _ source: IPAddress, at now: Timestamp
  ) -> Reading {
    guard let symbols = channels[channel].candidates(attempts[place], bytes: ClassicBlock.length) else { return .step }
    let carried = symbols.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var denial = Denial.wrongTag
    for key in channels[channel].classic {
      let plain = if let cipher = key.cipher { try? cipher.decrypt(carried) } else { Optional(carried) }
      guard let plain, let block = ClassicBlock(plain) else { continue }
      guard !key.needsSource || source == .v4(block.address) else {
        denial = .sourceMismatch
        continue
      }
      return .knock(knock(block, key, carried, at: now))
    }
    return .refused(denial)
  }

  /// The block bears no time: that of its receipt counts, and the memory of what was spent keeps it out afterwards.
  private func knock(_ block: ClassicBlock, _ key: PortsChannel.ClassicKey, _ carried: UInt64, at now: Timestamp) -> Knock {
    let isPlain = key.cipher == nil
    var label = WireWriter()
    label.raw((isPlain ? "postern ports plain-8 id" : "postern ports legacy-8 id").utf8)
    label.u64(carried)
    return Knock(
      knockProtocol: .portsClassic, id: SHA256.hash(label.bytes).high, stamp: now, key: key.key, action: block.action,
      wish: .services([Service(.tcp, block.port)]), ipv4: .named(block.address, port: nil), ipv6: .none,
      wishedLease: block.lease, totp: nil, strength: isPlain ? .plain : .keyed)
  }
}

extension ClassicBlock {
  fileprivate var action: Knock.Action {
    switch time {
    case .close: .close
    case .minutes, .unlimited: .open
    }
  }

  /// Seconds; a wish beyond the door's longest lease is cut to it.
  fileprivate var lease: UInt32 {
    switch time {
    case .close: 0
    case .minutes(let minutes): UInt32(minutes) * 60
    case .unlimited: .max
    }
  }
}
