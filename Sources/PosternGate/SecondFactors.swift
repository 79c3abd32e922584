// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// The secrets of one-time codes, in locked memory, and what a knock's code comes to by them. What is spent the authority knows.
struct SecondFactors: ~Copyable {
  private struct Form {
    let slot: SecretStore.Slot
    let hash: HashAlgorithm
    let digits: UInt8
  }

  private enum Factor {
    case totp(Form)
    case hotp(Form, from: UInt64)
    case chain(anchor: Bytes32)
  }

  /// Time steps before and after the present one whose codes count.
  private static let steps: UInt64 = 1

  private let store: SecretStore
  /// By key index.
  private let factors: [Int: Factor]

  /// Copies the secrets; whoever owns the tables erases them there.
  init(_ tables: GateTables) throws(CryptoError) {
    var store = try SecretStore(capacity: tables.keys.count { $0.limits.secondFactor != nil })
    var factors: [Int: Factor] = [:]
    for (index, key) in tables.keys.enumerated() {
      switch key.limits.secondFactor {
      case nil: continue
      case .totp(let code): factors[index] = .totp(try Self.form(code, &store))
      case .hotp(let code, let start): factors[index] = .hotp(try Self.form(code, &store), from: start)
      case .chain(let anchor): factors[index] = .chain(anchor: anchor)
      }
    }
    self.store = store
    self.factors = factors
  }

  private static func form(_ code: CodeSecret, _ store: inout SecretStore) throws(CryptoError) -> Form {
    Form(slot: try store.add(code.secret), hash: code.hash.algorithm, digits: code.digits)
  }

  /// What the knock's code comes to, given the key's state; nothing is spent.
  func answer(to knock: Knock, _ state: KeyState, at now: Timestamp) -> CodeAnswer {
    guard let factor = factors[knock.key.value] else { return .notAsked }
    switch factor {
    case .totp(let form): return knock.totp.map { totp($0, form, state, at: now) } ?? .missing
    case .hotp(let form, let start): return knock.totp.map { hotp($0, form, from: max(state.nextCounter, start)) } ?? .missing
    case .chain(let anchor): return knock.oneTime.link.map { Self.link($0, state, anchor) } ?? .missing
    }
  }

  /// The latest step with this code counts, so that a code that comes again in time is no reason to refuse it.
  private func totp(_ code: UInt32, _ form: Form, _ state: KeyState, at now: Timestamp) -> CodeAnswer {
    let present = OneTimeCode.step(at: now)
    return match(code, form, in: present - min(present, Self.steps)..<present + Self.steps + 1).map { .step($0) } ?? .wrong
  }

  private func hotp(_ code: UInt32, _ form: Form, from start: UInt64) -> CodeAnswer {
    let gap = UInt64(SecondFactor.gap)
    let (end, overflow) = start.addingReportingOverflow(gap + 1)
    guard !overflow else { return .wrong }
    if let counter = match(code, form, in: start..<end, latest: false) { return .counter(counter) }
    return match(code, form, in: start - min(start, gap)..<start) == nil ? .wrong : .used
  }

  private func match(_ code: UInt32, _ form: Form, in counters: Range<UInt64>, latest: Bool = true) -> UInt64? {
    store.withSecret(form.slot) { key in
      let codes = OneTimeCode(form.hash, key: key, digits: form.digits)
      var found: UInt64?
      for counter in counters where (latest || found == nil) && codes.code(counter) == code { found = counter }
      return found
    }
  }

  private static func link(_ password: Bytes32, _ state: KeyState, _ anchor: Bytes32) -> CodeAnswer {
    switch PasswordChain.place(of: password, at: state.chain.value(from: anchor), gap: SecondFactor.gap) {
    case .ahead: .link(password, anchor: anchor)
    case .behind: .used
    case .elsewhere: .wrong
    }
  }
}
