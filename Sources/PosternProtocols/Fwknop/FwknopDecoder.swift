// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// From the text that a packet carries to whose it is and what it says.
///
/// Nothing of a text is decrypted before its code held, except for keys without one. Refusing a stranger allocates nothing.
package struct FwknopDecoder: ~Copyable {
  /// Codes a second that searching for a key may cost, keys of certain sources and of any source apart: about a tenth of a processor in
  /// all.
  package static let codesPerSecond: UInt32 = 200_000

  /// What a text says.
  package struct Decoded: Hashable, Sendable {
    package var key: KeyIndex
    package var message: FwknopMessage
    /// Made of salt and cipher text, never of the text: what is decrypted twice is the same knock.
    package var id: Bytes16
    package var strength: Strength
  }

  package enum Decoding: Hashable, Sendable {
    case refused(Denial)
    case refusedKnown(Denial, KeyIndex)
    case decoded(Decoded)
  }

  private var search: FwknopSearch
  private var text = FwknopText()
  private var memory = FwknopMemory()
  /// The ends of the texts that were decided.
  private var decided = SPATagCache()
  private var boundBudget: FwknopBudget
  private var wideBudget: FwknopBudget

  /// Copies the secrets into memory of its own.
  package init(
    _ keys: [Registered<FwknopCredential>], now: Timestamp, codesPerSecond: UInt32 = codesPerSecond
  ) throws(CryptoError) {
    search = try FwknopSearch(FwknopKeys(keys))
    boundBudget = FwknopBudget(perSecond: codesPerSecond, now: now)
    wideBudget = FwknopBudget(perSecond: codesPerSecond, now: now)
  }

  package var secretsAreLocked: Bool { search.keys.isLocked }

  /// What a text says that came from `source` as the whole data of a datagram.
  package mutating func decode(_ data: RawSpan, from source: IPAddress, at now: Timestamp) -> Decoding {
    decode(data, .plain, from: source, at: now)
  }

  mutating func decode(_ data: RawSpan, _ form: FwknopBody.Form, from source: IPAddress, at now: Timestamp) -> Decoding {
    if let denial = text.load(data, form.alphabet) { return .refused(denial) }
    guard !decided.contains(text.end) else { return .refused(.duplicate) }
    switch find(source, at: now) {
    case .refused(let denial): return .refused(denial)
    case .holder(let holder): return open(holder, form, from: source)
    }
  }

  /// Without a code nobody vouches for a text that does not decrypt.
  private mutating func open(_ holder: Int, _ form: FwknopBody.Form, from source: IPAddress) -> Decoding {
    let (key, rules) = (search.keys.holders[holder].key, search.keys.holders[holder].rules)
    let opened = search.open(text, of: holder)
    guard opened != nil || rules.strength == .authenticated else { return .refused(.badSeal) }
    decided.insert(text.end)
    memory.remember(holder, for: source)
    guard let opened else { return .refusedKnown(.malformedPayload, key) }
    if let denial = rules.denial(of: opened.message) ?? rules.denial(of: form) { return .refusedKnown(denial, key) }
    return .decoded(Decoded(key: key, message: opened.message, id: opened.envelope.id, strength: rules.strength))
  }
}

extension FwknopDecoder {
  private enum Finding {
    case holder(Int)
    case refused(Denial)
  }

  /// Who came from here last, then whom the budget allows.
  private mutating func find(_ source: IPAddress, at now: Timestamp) -> Finding {
    if let holder = memory.holder(for: source), search.isText(text, of: holder) { return .holder(holder) }
    let cost = search.cost(text, from: source)
    let scope = FwknopSearch.Scope(
      bound: boundBudget.take(cost.bound, at: now), wide: wideBudget.take(cost.wide, at: now))
    if let holder = search.holder(of: text, from: source, in: scope) { return .holder(holder) }
    guard scope.bound, scope.wide else { return .refused(.overload) }
    return .refused(text.looksLikeGPG ? .unsupported : .wrongTag)
  }
}

extension FwknopEnvelope {
  private static let label = Array("postern fwknop v1 id".utf8)

  var id: Bytes16 { SHA256.hash(Self.label + salt + cipherText).high }
}
