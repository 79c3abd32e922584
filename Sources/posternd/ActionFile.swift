// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternState

/// Which actions are owed, kept while no daemon runs: `actions` in the state directory. It is written before the runner is asked.
struct ActionFile {
  private let path: String

  init(in directory: String) { path = directory + "/actions" }

  /// Nil where nothing is known.
  func load() -> ActionRecords.Memory? {
    do throws(StateError) {
      guard let content = try StateFile.read(path, limit: ActionRecords.byteLimit) else { return nil }
      if let memory = ActionRecords.decoded(content) { return memory }
      Notice.write("\(path) is damaged: which actions are owed is unknown")
    } catch {
      Notice.write("\(path) cannot be read: \(error)")
    }
    return nil
  }

  func save(_ book: ActionBook) throws(StateError) { try StateFile.replace(path, with: ActionRecords.encoded(book)) }
}
