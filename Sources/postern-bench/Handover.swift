// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// One value that a thread gives and another waits for.
final class Handover<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  /// The first value counts.
  func give(_ value: Value) { self.value.withLock { if $0 == nil { $0 = value } } }

  /// Waits by looking every millisecond: it is used before and after measuring only.
  func take() -> Value {
    while true {
      if let value = value.withLock({ $0 }) { return value }
      usleep(1000)
    }
  }
}
