// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// Somebody of the new configuration, or everybody who knows a sequence.
struct ImportedUser: Sendable {
  let name: String
  var origins: [ImportPosition]
  var doors: [String] = []
  /// What his knocks may start.
  var actions: [String] = []
  /// What stands in his table beside the doors.
  var fields: [TomlField] = []
  var comments: [String] = []
  var keys: [ImportedKey] = []

  init(_ name: String, at origin: ImportPosition) {
    self.name = name
    origins = [origin]
  }

  mutating func mayOpen(_ door: String) {
    if !doors.contains(door) { doors.append(door) }
  }

  /// Adds a key, and what its deed needs.
  mutating func add(_ key: ImportedKey, _ deed: KnockDeed) {
    keys.append(key)
    guard !key.isOff else { return }
    if let door = deed.door { mayOpen(door) }
    if case .run(let action) = deed, !actions.contains(action) { actions.append(action) }
  }
}

/// A key of a user: one knock of the old system.
struct ImportedKey: Sendable {
  let name: String
  let origin: ImportPosition
  var fields: [TomlField] = []
  var comments: [String] = []
  /// It could not be completed: the administrator has to.
  var isOff = false
  /// Of its knocks: below `authenticated` the administrator has to accept them.
  let strength: Strength

  init(_ name: String, _ strength: Strength, at origin: ImportPosition) {
    self.name = name
    self.strength = strength
    self.origin = origin
  }
}
