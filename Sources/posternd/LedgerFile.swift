// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternState

/// Where the ledger of client keys is kept while no daemon runs: `keys` in the state directory.
///
/// It is for operators' eyes: what cannot be read is unknown again until the next knocks, and nothing else depends on it.
struct LedgerFile {
  /// A gate in other hands could make news with every grant; the disk sees them this often at most.
  static let pause: UInt64 = 1_000_000_000

  private let path: String

  init(in directory: String) { path = directory + "/keys" }

  func load() -> KeyLedger {
    do throws(StateError) {
      guard let content = try StateFile.read(path, limit: KeyLedger.byteLimit) else { return KeyLedger() }
      if let ledger = KeyLedger(decoding: content) { return ledger }
      Notice.write("\(path) is damaged: when client keys knocked last is unknown")
    } catch {
      Notice.write("\(path) cannot be read: \(error)")
    }
    return KeyLedger()
  }

  func save(_ ledger: KeyLedger) {
    do throws(StateError) {
      try StateFile.replace(path, with: ledger.encoded())
    } catch {
      Notice.write("\(path) cannot be written: \(error)")
    }
  }
}
