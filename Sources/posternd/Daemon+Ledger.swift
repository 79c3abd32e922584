// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternTables

/// Who knocked last with which of the gateway's secrets, kept over restarts.
extension Daemon {
  /// Writes what a restart should not forget: soon when somebody's profile changed.
  mutating func tendLedger(at now: Moment) {
    if keeper.ledger.hasNews, now.uptime >= ledgerDue { saveLedger(at: now) }
  }

  /// When ``tendLedger(at:)`` wants to be called next.
  var ledgerDeadline: UInt64? { keeper.ledger.hasNews ? ledgerDue : nil }

  mutating func saveLedger(at now: Moment) {
    guard keeper.ledger.isChanged else { return }
    LedgerFile(in: keeper.rules.tables.stateDirectory).save(keeper.ledger)
    keeper.markLedgerWritten()
    ledgerDue = now.uptime + LedgerFile.pause
  }
}
