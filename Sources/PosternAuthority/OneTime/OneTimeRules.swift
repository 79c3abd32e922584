// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// What a client key can use up: one-time indices, codes, the number of times that it opens.
///
/// What is spent here stays spent, whatever becomes of the knock afterwards.
struct OneTimeRules: Sendable {
  /// A wrong code that comes again within this time is a repeat of the same wish and no second guess.
  static let sameGuess = Timestamp.Span.seconds(60)

  private(set) var states: KeyStates
  private let limits: [KeyLimits]
  /// By key index; gone at a restart, after which a repeat counts once more.
  private var wishes: [Int: AcceptedWish] = [:]
  private var lastGuesses: [Int: Guess] = [:]

  private struct Guess: Sendable {
    var code: UInt32?
    var at: Timestamp
  }

  init(_ tables: GateTables, states: KeyStates) {
    limits = tables.keys.map(\.limits)
    self.states = states
  }

  mutating func markWritten(_ batch: KeyStates.Batch) { states.markWritten(batch) }

  // MARK: Before policy

  /// Refuses a knock whose index or number is spent as `oneTimeUsed`, and any of a key whose state is lost as `keyStateLost`.
  func check(_ knock: Knock) throws(Denial) {
    guard let state = try states.state(of: knock.key) else { return }
    if let index = knock.oneTime.index, !state.indices.admits(index) { throw .oneTimeUsed }
    if let number = knock.oneTime.number, number < state.usedUpTo { throw .oneTimeUsed }
  }

  /// Spends what ``check(_:)`` let pass.
  mutating func record(_ knock: Knock) {
    guard var state = try? states.state(of: knock.key) else { return }
    if let index = knock.oneTime.index { _ = state.indices.spend(index) }
    if let number = knock.oneTime.number { state.usedUpTo = max(state.usedUpTo, number + 1) }
    states.set(state, of: knock.key)
  }

  // MARK: After policy

  /// Passes the second factor, then counts the use; repeats of the wish that was accepted last are part of it, and where it started a
  /// program are refused as `alreadyStarted`. A wrong code counts against the key; the fifth is refused as `secondFactorExhausted`, and all that come in the pause after it as `secondFactorClosed`.
  mutating func pass(_ grants: [Grant], _ knock: Knock, _ answer: CodeAnswer, at now: Timestamp) throws(Denial) {
    let place = knock.key.value
    let starts = knock.knockProtocol.isRepeated && grants.contains { $0.action == .run }
    if starts, wishes[place]?.isRepeated(by: grants, at: now) == true { throw .alreadyStarted }
    guard limits.indices.contains(place), var state = try states.state(of: knock.key) else {
      if starts { wishes[place] = AcceptedWish(grants, code: nil, at: now) }
      return
    }
    defer { states.set(state, of: knock.key) }
    if limits[place].secondFactor != nil { try spend(answer, knock, grants, &state, at: now) }
    guard wishes[place]?.isRepeated(by: grants, at: now) != true else {
      wishes[place]?.merge(grants, code: knock.totp)
      return
    }
    if let uses = limits[place].uses, grants.contains(where: { $0.action != .close }) {
      guard state.uses < uses else { throw .usesSpent }
      state.uses += 1
    }
    wishes[place] = AcceptedWish(grants, code: knock.totp, at: now)
  }

  private mutating func spend(
    _ answer: CodeAnswer, _ knock: Knock, _ grants: [Grant], _ state: inout KeyState, at now: Timestamp
  ) throws(Denial) {
    guard !state.failures.isClosed(at: now) else { throw .secondFactorClosed }
    do throws(Denial) {
      // A key that has a second factor does not go without it.
      try state.spend(answer == .notAsked ? .missing : answer)
    } catch {
      if error == .secondFactorUsed, isRepeat(knock, grants, at: now) { return }
      guard error == .secondFactorWrong, isGuessable(knock.key), !isRepeated(knock, at: now) else { throw error }
      throw state.failures.note(at: now) ? .secondFactorExhausted : error
    }
  }

  /// Whether the code comes again with a repeat of the wish that it was accepted for. Not where knocks can be repeated by whoever saw them.
  private func isRepeat(_ knock: Knock, _ grants: [Grant], at now: Timestamp) -> Bool {
    knock.knockProtocol.window != nil && wishes[knock.key.value]?.isRepeated(by: grants, code: knock.totp, at: now) == true
  }

  /// Nobody guesses 32 bytes, and whoever saw a plain sequence before such a password shall not switch it off.
  private func isGuessable(_ key: KeyIndex) -> Bool {
    switch limits[key.value].secondFactor {
    case .totp, .hotp: true
    case .chain, nil: false
    }
  }

  private mutating func isRepeated(_ knock: Knock, at now: Timestamp) -> Bool {
    let last = lastGuesses.updateValue(Guess(code: knock.totp, at: now), forKey: knock.key.value)
    guard let last, let code = knock.totp, last.code == code, now >= last.at, now - last.at < Self.sameGuess else { return false }
    // The time runs from the first of them.
    lastGuesses[knock.key.value] = last
    return true
  }
}
