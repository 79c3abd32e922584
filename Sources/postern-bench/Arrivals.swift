// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// When each knock's element became visible, written by one thread and read by another.
final class Arrivals: Sendable {
  private struct State {
    var times: [UInt64?]
    var count = 0
    var overruns = 0
  }

  private let state: Mutex<State>

  private let first: Int

  /// Of the knocks from this number on.
  init(first: Int = 0, count: Int) {
    self.first = first
    state = Mutex(State(times: Array(repeating: nil, count: count)))
  }

  /// Only the first time of a knock counts.
  func note(_ index: Int, at nanoseconds: UInt64) {
    let index = index - first
    state.withLock { state in
      guard state.times.indices.contains(index), state.times[index] == nil else { return }
      state.times[index] = nanoseconds
      state.count += 1
    }
  }

  /// The kernel dropped events: knocks may be missing that opened their doors.
  func noteOverrun() { state.withLock { $0.overruns += 1 } }

  var isComplete: Bool { state.withLock { $0.count == $0.times.count } }
  var times: [UInt64?] { state.withLock { $0.times } }
  var overruns: Int { state.withLock { $0.overruns } }
}
