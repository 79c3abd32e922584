// SPDX-License-Identifier: Apache-2.0
import CPosternShims

/// Tries what a confined gate must not be able to do: confinement that was only configured is not proved.
package enum ConfinementProof {
  /// The attempts, in their order; an exec is the last, because a success does not return.
  package enum Attempt: Hashable, Sendable, CaseIterable {
    case openFile
    case createSocket
    case createNetlinkSocket
    case connect
    case signalProcess
    case trace
    case setCapabilities
    case fork
    case execute

    fileprivate var succeeds: Bool {
      switch self {
      case .openFile: postern_probe_open() != 0
      case .createSocket: postern_probe_inet_socket() != 0
      case .createNetlinkSocket: postern_probe_netlink_socket() != 0
      case .connect: postern_probe_connect() != 0
      case .signalProcess: postern_probe_kill() != 0
      case .trace: postern_probe_ptrace() != 0
      case .setCapabilities: postern_probe_capset() != 0
      case .fork: postern_probe_fork() != 0
      case .execute: postern_probe_exec() != 0
      }
    }
  }

  /// The attempts that were not refused: empty, or the process must end.
  ///
  /// Only for a process that is confined already: in another one the attempts have their effects. Stops before the exec when
  /// anything else succeeded.
  package static func run() -> [Attempt] {
    var open: [Attempt] = []
    for attempt in Attempt.allCases where attempt != .execute || open.isEmpty {
      if attempt.succeeds { open.append(attempt) }
    }
    return open
  }
}
