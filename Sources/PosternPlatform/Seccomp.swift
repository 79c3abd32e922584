// SPDX-License-Identifier: Apache-2.0
import CPosternShims

/// System call filters (seccomp(2)), for all threads and for good.
package enum Seccomp {
  /// The gate's filter: receive, send, read and write what is open, memory without code, time, its own end.
  ///
  /// What ``ConfinementProof`` tries answers EPERM; every other call kills the process with SIGSYS. Needs
  /// ``ProcessHardening/forbidNewPrivileges()`` first.
  package static func confineGate() throws(PlatformError) {
    try SystemCall.value("filter system calls") { postern_seccomp_gate() }
  }
}
