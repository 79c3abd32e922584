// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternWire

/// The keys of one protocol's sealed forms in locked memory, found by hint: an envelope costs a search, and only one that bears a
/// known hint an attempt to open it.
package struct SealedKeys: ~Copyable {
  /// How far a counter, which is a time, may lie before and after the gateway's clock.
  package static let window = FreshnessWindow(past: .seconds(60), future: .seconds(15))
  /// Keys that are tried for one hint: two share one by chance, more do not.
  private static let attempts = 4

  /// What became of an envelope.
  package enum Opening: Hashable, Sendable {
    /// No key would use this hint now.
    case unknown
    /// A known hint on something that its key did not seal, or not as it is.
    case badSeal
    /// `key` counts the secrets as they were given.
    case opened(key: Int, id: Bytes16, counter: UInt64, plain: [UInt8])
  }

  private struct Entry {
    let hint: UInt32
    let form: UInt8
    let key: UInt32
  }

  private struct Secret {
    let key: SecretStore.Slot
    let hintKey: SecretStore.Slot
  }

  private let envelope: SealedEnvelope
  private let hint: SealedHint
  private let store: SecretStore
  private let secrets: [Secret]
  private let forms: [UInt8]
  /// The hints of step s in order stand at s mod 3, so that three neighbours never share a place.
  private var generations: [[Entry]]
  private var steps: [UInt64?]

  /// `forms` are the numbers of the lengths that the protocol's envelopes have.
  package init(
    _ keys: [Bytes32], of knockProtocol: KnockProtocol, forms: [UInt8], now: Timestamp
  ) throws(CryptoError) {
    let hint = SealedHint(knockProtocol)
    var store = try SecretStore(capacity: 2 * keys.count)
    var secrets: [Secret] = []
    for key in keys { secrets.append(Secret(key: try store.add(key), hintKey: try store.add(hint.key(key)))) }
    envelope = try SealedEnvelope()
    self.hint = hint
    self.store = store
    self.secrets = secrets
    self.forms = forms
    generations = Array(repeating: [], count: 3)
    steps = Array(repeating: nil, count: 3)
    advance(to: now)
  }

  package var areLocked: Bool { store.isLocked }

  /// Computes the hints of a new 64-second step; ``open(_:form:at:)`` does it too, a timer may do it earlier.
  package mutating func advance(to now: Timestamp) {
    let step = SealedHint.step(of: now.nanoseconds)
    for wanted in (step == 0 ? 0 : step - 1)...step + 1 {
      let place = Int(wanted % 3)
      guard steps[place] != wanted else { continue }
      generations[place] = entries(of: wanted)
      steps[place] = wanted
    }
  }

  private func entries(of step: UInt64) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(secrets.count * forms.count)
    for (position, secret) in secrets.enumerated() {
      for form in forms {
        let value = store.withSecret(secret.hintKey) { hint.value(key: $0, step: step, form: form) }
        entries.append(Entry(hint: value, form: form, key: UInt32(clamping: position)))
      }
    }
    return entries.sorted { $0.hint < $1.hint }
  }

  /// Opens an envelope of a form whose counter lies around `now`; the first of the keys that its hint names and that opens it.
  package mutating func open(_ bytes: RawSpan, form: UInt8, at now: Timestamp) -> Opening {
    guard bytes.byteCount >= SealedEnvelope.overhead else { return .unknown }
    advance(to: now)
    let counter = bytes.u64(at: 0)
    let step = SealedHint.step(of: counter)
    guard steps[Int(step % 3)] == step else { return .unknown }
    let entries = generations[Int(step % 3)]
    let wanted = bytes.u32(at: SealedEnvelope.hintOffset)
    var place = Self.first(entries, wanted)
    var tried = 0
    while place < entries.count, entries[place].hint == wanted, tried < Self.attempts {
      defer { place += 1 }
      guard entries[place].form == form else { continue }
      tried += 1
      if let opened = opened(bytes, Int(entries[place].key), counter) { return opened }
    }
    return tried > 0 ? .badSeal : .unknown
  }

  private func opened(_ bytes: RawSpan, _ key: Int, _ counter: UInt64) -> Opening? {
    let secret = store.withSecret(secrets[key].key) { Bytes32($0) }
    guard let plain = try? envelope.open(bytes, key: secret) else { return nil }
    let id = store.withSecret(secrets[key].hintKey) { hint.id(key: $0, counter: counter) }
    return .opened(key: key, id: id, counter: counter, plain: plain)
  }

  private static func first(_ entries: [Entry], _ hint: UInt32) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hint < hint { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Why a counter is refused: outside the window around `now`, both ends of which still count. Nil for a fresh one.
  package static func staleness(of counter: Timestamp, at now: Timestamp) -> Denial? {
    let age = counter - now
    guard age >= -window.past else { return .stale }
    return age <= window.future ? nil : .future
  }

  /// Whether a counter lies in a step whose hints are known: what is not even near is not looked at further.
  package static func isNear(_ counter: UInt64, at now: Timestamp) -> Bool {
    let distance = Timestamp(nanoseconds: counter) - now
    let reach = Timestamp.Span(nanoseconds: Int64(2 * SealedHint.stepLength))
    return distance >= -reach && distance <= reach
  }
}
