// SPDX-License-Identifier: Apache-2.0

/// What the gate remembers of one client key whatever the clock says: what can be used once, and how often it was.
package struct KeyState: Hashable, Sendable {
  package var indices = KnockIndexWindow()
  /// The counter of the next code that counts (RFC 4226).
  package var nextCounter: UInt64 = 0
  /// The first time step whose code counts (RFC 6238 section 5.2: no code twice).
  package var nextStep: UInt64 = 0
  package var failures = CodeFailures()
  package var chain = HashChain()
  /// How often the key has opened.
  package var uses: UInt32 = 0
  /// Numbers below are spent: lines of a list of one-time sequences, or whatever else is counted from zero on.
  package var usedUpTo: UInt64 = 0
  /// What the configuration said when this state began.
  package var renewal: UInt32 = 0
  /// What was remembered is gone: the key counts again when the configuration renews it.
  package var isLost = false

  package init() {}

  /// Nothing spent, as the configuration's renewal of this number begins.
  package static func fresh(renewal: UInt32) -> KeyState {
    var state = KeyState()
    state.renewal = renewal
    return state
  }

  package static func lost(renewal: UInt32) -> KeyState {
    var state = fresh(renewal: renewal)
    state.isLost = true
    return state
  }
}
