// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads described packets and the command packet behind them.
///
/// As with the old daemon, a packet that does not fit the position is ignored and never sets it back. A command is only looked at when
/// the script before it is complete, and then under the key that its hint names, or at most ``SadoorCredential/legacyKeys`` old ones.
/// It serves one thread.
package struct SadoorReader: ~Copyable {
  /// Sources that can be half-way through a script at a time: about 2 MB.
  static let capacity = 16_384
  /// Commands that do not open before a source has to begin anew.
  static let commandsTried: UInt8 = 4

  private var channels: [SadoorChannel] = []
  private var sealed: SealedKeys
  /// The keys of `sealed` in its count, and the channel of each.
  private var sealedKeys: [(key: KeyIndex, channel: Int)] = []
  /// How many commands were tried in vain.
  private var attempts: Attempts<UInt8>

  /// Moves the secrets into memory of its own. `seed` only spreads sources in a table.
  ///
  /// Loads a module when there are old keys; throws ``CryptoError/noLegacyProvider`` where it is not installed.
  package init(_ keys: [Registered<SadoorCredential>], now: Timestamp, seed: UInt64) throws(CryptoError) {
    var channels: [SadoorChannel] = []
    var sealedKeys: [(key: KeyIndex, channel: Int)] = []
    var secrets: [Bytes32] = []
    var ciphers: LegacyCiphers?
    for key in keys {
      let channel = Self.channel(of: .init(key.credential), &channels)
      if key.credential.takesEmptyCommand, channels[channel].empty == nil { channels[channel].empty = key.key }
      switch key.credential.form {
      case .sealed(let secret):
        secrets.append(secret)
        sealedKeys.append((key.key, channel))
      case .legacy(let secret):
        let loaded = if let ciphers { ciphers } else { try LegacyCiphers() }
        ciphers = loaded
        channels[channel].legacy.append(.init(key: key.key, cipher: try BlowfishKey(secret, loaded)))
      }
    }
    sealed = try SealedKeys(secrets, of: .sadoor, forms: [SadoorOrder.form], now: now)
    self.channels = channels
    self.sealedKeys = sealedKeys
    attempts = Attempts(blank: 0, capacity: channels.isEmpty ? 0 : Self.capacity, seed: seed)
  }

  private static func channel(of shape: SadoorChannel.Shape, _ channels: inout [SadoorChannel]) -> Int {
    if let known = channels.firstIndex(where: { $0.shape == shape }) { return known }
    channels.append(SadoorChannel(shape))
    return channels.count - 1
  }

  /// Whether the secrets can never reach a swap device.
  package var secretsAreLocked: Bool { sealed.areLocked }

  /// Computes the hints of a new step before a packet asks for them.
  package mutating func advance(to now: Timestamp) { sealed.advance(to: now) }

  /// What a packet says; where it fits several scripts, each moves on, and the one that says most is told.
  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    var best = Reading.refused(.outOfSequence)
    for channel in channels.indices {
      let reading = read(packet, channel, at: now)
      if reading.weight > best.weight { best = reading }
    }
    return best
  }

  private mutating func read(_ packet: borrowing PacketView, _ channel: Int, at now: Timestamp) -> Reading {
    let script = channels[channel].shape.script
    let sender = channels[channel].sender(packet)
    attempts.endExpired(of: sender, at: now)
    guard let place = attempts.find(sender, KeyIndex(channel)) else {
      guard script.packets[0].matches(packet) else { return .refused(.outOfSequence) }
      attempts.begin(sender, KeyIndex(channel), 0, lifetime: channels[channel].shape.timeout, at: now)
      return .step
    }
    let position = attempts.steps(place)
    guard position < script.packets.count else { return command(packet, place, channel, at: now) }
    guard script.packets[position].matches(packet) else { return .refused(.outOfSequence) }
    attempts.advance(place)
    return .step
  }

  private mutating func command(
    _ packet: borrowing PacketView, _ place: Attempts<UInt8>.Place, _ channel: Int, at now: Timestamp
  ) -> Reading {
    let description = channels[channel].shape.script.command
    guard description.matches(packet) else { return .refused(.outOfSequence) }
    let reading = order(packet.payload.extracting(droppingFirst: description.data.count), packet.source, channel, at: now)
    switch reading {
    case .knock, .refusedKnown: attempts.end(place)
    case .refused, .step:
      attempts[place] += 1
      if attempts[place] >= Self.commandsTried { attempts.end(place) }
    }
    return reading
  }

  private mutating func order(_ block: RawSpan, _ source: IPAddress, _ channel: Int, at now: Timestamp) -> Reading {
    guard !block.isEmpty else { return emptyOrder(source, channel, at: now) }
    if case .opened(let key, let id, let counter, let plain) = sealed.open(block, form: SadoorOrder.form, at: now),
      sealedKeys[key].channel == channel
    {
      return knock(plain, sealedKeys[key].key, id, Timestamp(nanoseconds: counter))
    }
    for key in channels[channel].legacy {
      guard let command = LegacyCommand(block, key.cipher) else { continue }
      return knock(command, key, block.u64(at: 0), source)
    }
    return .refused(.badSeal)
  }
}

// MARK: Orders

extension SadoorReader {
  /// From here on the sender is known, and what is refused is refused in his name.
  private func knock(_ plain: [UInt8], _ key: KeyIndex, _ id: Bytes16, _ stamp: Timestamp) -> Reading {
    switch plain.withBytes({ SadoorOrder($0) }) {
    case nil: return .refusedKnown(.malformedPayload, key)
    case .run(let text):
      return .knock(
        Knock(
          knockProtocol: .sadoor, id: id, stamp: stamp, key: key, action: .open, wish: .command(text), ipv4: .none, ipv6: .none))
    case .door(let claim):
      return .knock(
        Knock(
          knockProtocol: .sadoor, id: id, stamp: stamp, key: key, action: claim.action,
          wish: claim.services.isEmpty ? .door(nil) : .services(claim.services), ipv4: claim.ipv4, ipv6: claim.ipv6,
          wishedLease: claim.wishedLease))
    }
  }

  /// An old command. A line is the name of an action, or `open tcp/22` and `close tcp/22` for the sender's address; to serve a port to
  /// one client is to open it for him. Nothing is ever connected to.
  private func knock(
    _ command: LegacyCommand, _ key: SadoorChannel.LegacyKey, _ initial: UInt64, _ source: IPAddress
  ) -> Reading {
    guard let id = Self.id(initial, key.cipher) else { return .refused(.overload) }
    var knock = Knock(
      knockProtocol: .sadoor, id: id, stamp: command.stamp, key: key.key, action: .open, wish: .door(nil), ipv4: .none,
      ipv6: .none, strength: .keyed)
    switch command.order {
    case .connect: return .refusedKnown(.actionNotPermitted, key.key)
    case .accept(let port, let client, let clientPort):
      guard let port = Port(port) else { return .refusedKnown(.malformedPayload, key.key) }
      knock.wish = .services([Service(.tcp, port)])
      knock.ipv4 = .named(client, port: Port(clientPort))
    case .run(let line):
      guard SadoorOrder.runLengths.contains(line.count) else { return .refusedKnown(.malformedPayload, key.key) }
      knock.wish = .command(line)
      if let (action, service) = Self.door(line) {
        knock.action = action
        knock.wish = .services([service])
        knock.claimSource(source.family)
      }
    }
    return .knock(knock)
  }

  /// The door that a line of an old client means.
  private static func door(_ line: [UInt8]) -> (Knock.Action, Service)? {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    guard words.count == 2, let service = Service(words[1]) else { return nil }
    switch words[0] {
    case "open": return (.open, service)
    case "close": return (.close, service)
    default: return nil
    }
  }

  /// The stamp alone tells two commands of a key apart: the others bytes of a command can be changed by who holds it.
  private static func id(_ initial: UInt64, _ cipher: BlowfishKey) -> Bytes16? {
    guard let keyed = try? cipher.encrypt(initial) else { return nil }
    var message = WireWriter()
    message.raw("postern sadoor legacy id".utf8)
    message.u64(initial)
    message.u64(keyed)
    return SHA256.hash(message.bytes).high
  }

  /// No secret takes part and nothing can be remembered: each of them is another knock.
  private func emptyOrder(_ source: IPAddress, _ channel: Int, at now: Timestamp) -> Reading {
    guard let key = channels[channel].empty else { return .refused(.wrongLength) }
    var message = WireWriter()
    message.raw("postern sadoor empty id".utf8)
    message.u64(UInt64(key.value))
    message.u64(now.nanoseconds)
    var knock = Knock(
      knockProtocol: .sadoor, id: SHA256.hash(message.bytes).high, stamp: now, key: key, action: .open, wish: .door(nil),
      ipv4: .none, ipv6: .none, strength: .plain)
    knock.claimSource(source.family)
    return .knock(knock)
  }
}

extension Knock {
  fileprivate mutating func claimSource(_ family: AddressFamily) {
    switch family {
    case .ipv4: ipv4 = .packetSource(port: nil)
    case .ipv6: ipv6 = .packetSource(port: nil)
    }
  }
}
