// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternState

/// Where the open sessions are kept while no daemon runs: `sessions` in the state directory.
///
/// Nothing but the audit depends on it: without it, sessions that go on have no names, and ends meanwhile stay untold.
struct SessionFile {
  /// Sessions come and go quickly; the disk sees them this often at most.
  static let pause: UInt64 = 1_000_000_000

  private let path: String

  init(in directory: String) { path = directory + "/sessions" }

  func load() -> [Session] {
    do throws(StateError) {
      guard let content = try StateFile.read(path, limit: SessionRecords.byteLimit) else { return [] }
      if let sessions = SessionRecords.decoded(content) { return sessions }
      Notice.write("\(path) is damaged: whose the open sessions are is unknown")
    } catch {
      Notice.write("\(path) cannot be read: \(error)")
    }
    return []
  }

  func save(_ sessions: [Session]) {
    do throws(StateError) {
      try StateFile.replace(path, with: SessionRecords.encoded(sessions))
    } catch {
      Notice.write("\(path) cannot be written: \(error)")
    }
  }
}
