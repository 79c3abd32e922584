// SPDX-License-Identifier: Apache-2.0

/// What a line of the audit tells, by the name in its `event` member.
package enum EventKind: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case start
  case stop
  case gateReady = "gate-ready"
  case fence
  case gateRestart = "gate-restart"
  case grant
  case observed
  case refusal
  case adopt
  case leaseEnd = "lease-end"
  case closeFailed = "close-failed"
  case revoke
  case reload
  case reloadRefused = "reload-refused"
  case elementDeleted = "element-deleted"
  case setsLost = "sets-lost"
  case restore
  case session
  case sessionEnd = "session-end"
  case strangers
  case alarm
  case auditLost = "audit-lost"
  case run
  case action
  case service
  case ban
  case banEnd = "ban-end"
  case banRefused = "ban-refused"

  package var description: String { rawValue }
}
