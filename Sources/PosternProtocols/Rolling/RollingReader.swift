// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads rolling sequences: packet by packet, each against the one port that has to follow.
///
/// A packet that no attempt of its source waits for ends them all, so that nobody gets on by trying ports one after the other. A packet
/// that begins no sequence costs a search. It serves one thread.
package struct RollingReader: ~Copyable {
  /// Sources that can be half-way through a sequence at a time: about 2 MB.
  static let capacity = 16_384
  /// Sequences of one step that are followed where they begin with the same port.
  private static let sharedBeginnings = 4

  private struct Key {
    let key: KeyIndex
    let secret: SecretStore.Slot
    let cohort: Int
    let door: DoorID
    let portCount: Int
    let window: Timestamp.Span
    let bindsSource: Bool
  }

  private struct Progress: BitwiseCopyable, Sendable {
    var step: UInt64 = 0
    /// The whole sequence as soon as its second port has come; before that its first two.
    var expected = InlineArray<16, UInt16>(repeating: 0)
  }

  private let sequence: RollingSequence
  private let store: SecretStore
  private let keys: [Key]
  private var cohorts: [RollingCohort]
  private var attempts: Attempts<Progress>

  /// Moves the secrets into memory of its own. `seed` only spreads sources in a table.
  package init(_ registered: [Registered<RollingCredential>], now: Timestamp, seed: UInt64) throws(CryptoError) {
    var store = try SecretStore(capacity: registered.count)
    var cohorts: [RollingCohort] = []
    var keys: [Key] = []
    for each in registered {
      let credential = each.credential
      let cohort = Self.cohort(of: .init(credential), &cohorts)
      cohorts[cohort].keys.append(keys.count)
      keys.append(
        Key(
          key: each.key, secret: try store.add(credential.secret), cohort: cohort, door: credential.door,
          portCount: Int(credential.portCount), window: credential.window, bindsSource: credential.bindsSource))
    }
    sequence = RollingSequence()
    self.store = store
    self.keys = keys
    self.cohorts = cohorts
    attempts = Attempts(blank: Progress(), capacity: keys.isEmpty ? 0 : Self.capacity, seed: seed)
    advance(to: now)
  }

  private static func cohort(of shape: RollingCohort.Shape, _ cohorts: inout [RollingCohort]) -> Int {
    if let known = cohorts.firstIndex(where: { $0.shape == shape }) { return known }
    cohorts.append(RollingCohort(shape))
    return cohorts.count - 1
  }

  /// Whether the secrets can never reach a swap device.
  package var secretsAreLocked: Bool { store.isLocked }

  /// Computes the openings of a new step; ``read(_:at:)`` does it too, a timer may do it earlier.
  package mutating func advance(to now: Timestamp) {
    for index in cohorts.indices where cohorts[index].isDue(at: now) {
      var cohort = cohorts[index]
      cohort.advance(to: now) { key, step in opening(key, step) }
      cohorts[index] = cohort
    }
  }

  private func opening(_ key: Int, _ step: UInt64) -> (UInt16, UInt16) {
    store.withSecret(keys[key].secret) { sequence.opening($0, step: step, door: keys[key].door) }
  }

  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard let transport = Self.transport(packet) else { return .refused(.wrongTransport) }
    let (source, port) = (packet.source, packet.transport.destinationPort)
    advance(to: now)
    attempts.endExpired(of: source, at: now)
    if let reading = proceed(source, transport, port, at: now) { return reading }
    return begin(source, transport, port, at: now) ? .step : .refused(.outOfSequence)
  }

  /// Nil for what carries no sequence.
  private static func transport(_ packet: borrowing PacketView) -> RollingCredential.Transport? {
    switch packet.transport {
    case .udp: .udp
    case .tcp(let header): header.flags.intersection([.syn, .ack, .rst, .fin]) == .syn ? .tcp : nil
    case .icmp: nil
    }
  }

  /// The symbol that a port stands for in a cohort's span; nil outside.
  private func symbol(_ cohort: Int, _ transport: RollingCredential.Transport, _ port: UInt16) -> UInt16? {
    cohorts[cohort].shape.transport == transport ? cohorts[cohort].alphabet.symbol(of: port) : nil
  }

  /// Begins every sequence that has this first port.
  private mutating func begin(
    _ source: IPAddress, _ transport: RollingCredential.Transport, _ port: UInt16, at now: Timestamp
  ) -> Bool {
    var begun = false
    for cohort in cohorts.indices {
      guard let symbol = symbol(cohort, transport, port) else { continue }
      for opening in cohorts[cohort].openings(symbol, atMost: Self.sharedBeginnings) {
        var progress = Progress(step: opening.step)
        progress.expected[0] = opening.first
        progress.expected[1] = opening.second
        let key = Int(opening.key)
        attempts.begin(source, KeyIndex(key), progress, lifetime: keys[key].window, at: now)
        begun = true
      }
    }
    return begun
  }

  /// Moves the attempts of a source that wait for this port; nil when none does, and those whose span it lies in are ended then.
  private mutating func proceed(
    _ source: IPAddress, _ transport: RollingCredential.Transport, _ port: UInt16, at now: Timestamp
  ) -> Reading? {
    var disappointed: [Attempts<Progress>.Place] = []
    var reading: Reading?
    var place = attempts.newest(of: source)
    while let candidate = place {
      place = attempts.older(than: candidate)
      let key = attempts.key(candidate).value
      let taken = attempts.steps(candidate)
      // Another attempt's step may have pushed this one out just now.
      guard taken > 0, let symbol = symbol(keys[key].cohort, transport, port) else { continue }
      if attempts[candidate].expected[taken] == symbol {
        reading = take(candidate, key, taken + 1, source, at: now)
        if reading != .step { return reading }
      } else if attempts[candidate].expected[taken - 1] == symbol {
        // The kernel of a client repeats a SYN.
        reading = reading ?? .step
      } else {
        disappointed.append(candidate)
      }
    }
    if reading == nil { for each in disappointed { attempts.end(each) } }
    return reading
  }

  private mutating func take(
    _ place: Attempts<Progress>.Place, _ key: Int, _ taken: Int, _ source: IPAddress, at now: Timestamp
  ) -> Reading {
    attempts.advance(place)
    if taken == RollingSequence.openingLength { foresee(place, key, source) }
    guard taken == keys[key].portCount else { return .step }
    let step = attempts[place].step
    attempts.end(place)
    return knock(keys[key], step, source, at: now)
  }

  /// Computes what has to follow, once the first two ports have named the key.
  private mutating func foresee(_ place: Attempts<Progress>.Place, _ key: Int, _ source: IPAddress) {
    let (key, step) = (keys[key], attempts[place].step)
    let rest = store.withSecret(key.secret) { secret in
      sequence.rest(
        secret, step: step, door: key.door, source: key.bindsSource ? source : nil,
        count: key.portCount - RollingSequence.openingLength)
    }
    for (offset, symbol) in rest.enumerated() {
      attempts[place].expected[RollingSequence.openingLength + offset] = symbol
    }
  }

  /// A sequence is spent with its step: the identity names key, step and, where it is bound, source. The stamp is the start of the step,
  /// or, where nothing is bound, the time of receipt, since the address is then taken from the packet.
  private func knock(_ key: Key, _ step: UInt64, _ source: IPAddress, at now: Timestamp) -> Reading {
    let current = cohorts[key.cohort].step(at: now)
    guard step + 1 >= current else { return .refusedKnown(.stale, key.key) }
    guard step <= current + 1 else { return .refusedKnown(.future, key.key) }
    let bound = key.bindsSource ? source : nil
    let id = store.withSecret(key.secret) { sequence.id($0, step: step, door: key.door, source: bound) }
    let start = RollingSequence.start(of: step, length: cohorts[key.cohort].shape.stepLength)
    var knock = Knock(
      knockProtocol: .rolling, id: id, stamp: key.bindsSource ? start : now, key: key.key, action: .open, wish: .door(nil),
      ipv4: .none, ipv6: .none, strength: key.bindsSource ? .authenticated : .keyed)
    switch source {
    case .v4(let address): knock.ipv4 = key.bindsSource ? .named(address, port: nil) : .packetSource(port: nil)
    case .v6(let address): knock.ipv6 = key.bindsSource ? .named(address, port: nil) : .packetSource(port: nil)
    }
    return .knock(knock)
  }
}
