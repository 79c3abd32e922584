// SPDX-License-Identifier: Apache-2.0

/// Collects what is wrong while reading goes on with stand-in values, which ``check()`` keeps from ever being used.
final class Complaints {
  private var errors: [ConfigError] = []
  private var omitted = 0

  /// Begins with what is known to be wrong already.
  init(_ known: [ConfigError] = []) {
    for error in known { add(error.message, at: error.position) }
  }

  /// The message is made only when there is room for it: it may have searched for the nearest name.
  func add(_ message: @autoclosure () -> String, at position: ConfigPosition) {
    guard errors.count < ConfigFailure.maximumErrors else {
      omitted += 1
      return
    }
    errors.append(ConfigError(message(), at: position))
  }

  /// Throws when anything was added.
  func check() throws(ConfigFailure) {
    guard errors.isEmpty else { throw ConfigFailure(errors: errors.sorted { $0.position < $1.position }, omitted: omitted) }
  }
}
