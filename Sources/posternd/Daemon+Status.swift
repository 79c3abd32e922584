// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternWire

extension Daemon {
  /// The daemon's state as one line.
  mutating func status() -> [UInt8] {
    let counts = resources.counters.snapshot()
    var line = JSONLine()
    line.put("pid", getpid())
    line.put("generation", keeper.rules.generation)
    // Of several gates the first that is not ready.
    let gate = gates.members.first { !$0.isReady } ?? gates.members[0]
    line.put("gate", gate.word)
    line.put("gate-pid", gate.pid)
    line.put("gate-restarts", gates.members.map(\.restarts).reduce(0, +))
    line.put("gates", gates.members.map { "\($0.word) \($0.pid) \($0.restarts)" })
    line.put("runner-pid", runners.current?.pid ?? 0)
    line.put("runner-restarts", runners.restarts)
    line.put("actions-owed", keeper.actions.debts.count)
    line.put("leases", keeper.book.count)
    line.put("foreign-elements", keeper.book.foreignCount)
    line.put("bans", keeper.bans.count)
    line.put("bans-refused", keeper.spared.map { "\($0.key) \($0.value)" }.sorted())
    line.put("alarms", sets.complaints(keeper.rules))
    line.put("audit-lost", audit.lost)
    line.put("journal", audit.journalPath ?? "off")
    line.put("journal-dropped", audit.journalDropped)
    line.put("sessions", sessions.values.count { $0.following == nil })
    line.put("followers", sessions.values.count { $0.following != nil })
    line.put("receive-buffers", resources.sources.buffers)
    line.put("held-packets-waiting", keeper.held.count)
    line.put("counters", Counter.allCases.map { "\($0) \(counts[$0.rawValue])" })
    line.put(
      "refused", Denial.allCases.filter { counts[Counter.place(of: $0)] > 0 }.map { "\($0) \(counts[Counter.place(of: $0)])" })
    return line.bytes
  }
}
