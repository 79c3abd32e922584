// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternWire

/// Finds whose packet a text is: by its code, or without one by what its first block decrypts to. Nothing is allocated.
struct FwknopSearch: ~Copyable {
  /// The longest code.
  private static let codeLimit = 64

  /// Codes computed for one packet, at most.
  struct Cost: Equatable {
    /// For keys that certain sources may use.
    var bound = 0
    /// For keys that may be used from anywhere.
    var wide = 0
  }

  /// Which keys the budget leaves.
  struct Scope {
    var bound: Bool
    var wide: Bool
  }

  let keys: FwknopKeys
  private let cipher: FwknopCipher
  private var code = [UInt8](repeating: 0, count: codeLimit)
  private var envelope: [UInt8]

  init(_ keys: consuming FwknopKeys) throws(CryptoError) {
    self.keys = keys
    cipher = try FwknopCipher()
    envelope = [UInt8](repeating: 0, count: FwknopText.prefix.count + FwknopText.lengths.upperBound)
  }

  func cost(_ text: borrowing FwknopText, from source: IPAddress) -> Cost {
    var cost = Cost()
    for group in keys.groups where group.fits(text) {
      let weight = group.tail == 0 ? FwknopBudget.trialWithoutCode : 1
      cost.bound += group.sources.boundCount(source) * weight
      cost.wide += group.sources.anywhere.count * weight
    }
    return cost
  }

  /// The first holder in scope whose packet it is.
  mutating func holder(of text: borrowing FwknopText, from source: IPAddress, in scope: Scope) -> Int? {
    for index in keys.groups.indices where keys.groups[index].fits(text) {
      let sources = keys.groups[index].sources
      let found = search(text, tail: keys.groups[index].tail) { holds in
        if scope.bound, let holder = sources.firstBound(source, where: holds) { return holder }
        return scope.wide ? sources.anywhere.first(where: holds) : nil
      }
      if let found { return found }
    }
    return nil
  }

  /// Whether it is this holder's, whatever its source.
  mutating func isText(_ text: borrowing FwknopText, of holder: Int) -> Bool {
    let tail = keys.holders[holder].tail
    guard FwknopKeys.Group(tail: tail).fits(text) else { return false }
    return search(text, tail: tail) { holds in holds(holder) ? holder : nil } != nil
  }

  /// What a holder's text says; nil when it does not decrypt to anything that a client makes.
  func open(_ text: borrowing FwknopText, of holder: Int) -> (envelope: FwknopEnvelope, message: FwknopMessage)? {
    let read = text.split(tail: keys.holders[holder].tail) { message, _ in FwknopEnvelope(text: message) }
    guard let read, let plainText = keys.withPassphrase(holder, { cipher.open(read, passphrase: $0) }),
      let message = FwknopMessage(plainText: plainText)
    else { return nil }
    return (read, message)
  }

  private mutating func search(_ text: borrowing FwknopText, tail: Int, _ choose: ((Int) -> Bool) -> Int?) -> Int? {
    tail == 0
      ? Self.searchWithoutCode(text, keys, cipher, &envelope, choose) : Self.searchByCode(text, tail, keys, &code, choose)
  }

  private static func searchByCode(
    _ text: borrowing FwknopText, _ tail: Int, _ keys: borrowing FwknopKeys, _ code: inout [UInt8],
    _ choose: ((Int) -> Bool) -> Int?
  ) -> Int? {
    text.split(tail: tail) { message, end in
      guard let count = UnpaddedBase64.decode(end, into: &code) else { return nil }
      return code.withBytes { code in
        choose { keys.verifies(code.extracting(first: count), of: message, $0) }
      }
    }
  }

  private static func searchWithoutCode(
    _ text: borrowing FwknopText, _ keys: borrowing FwknopKeys, _ cipher: borrowing FwknopCipher, _ envelope: inout [UInt8],
    _ choose: ((Int) -> Bool) -> Int?
  ) -> Int? {
    text.split(tail: 0) { message, _ in
      guard let count = FwknopEnvelope.decode(message, into: &envelope) else { return nil }
      return envelope.withBytes { envelope in
        choose { holder in
          keys.withPassphrase(holder) { cipher.mayOpen(envelope.extracting(first: count), passphrase: $0) }
        }
      }
    }
  }
}

extension FwknopKeys.Group {
  /// Whether a text without this group's code can be an envelope.
  fileprivate func fits(_ text: borrowing FwknopText) -> Bool {
    FwknopEnvelope.fits(textLength: FwknopText.prefix.count + text.count - tail)
  }
}
