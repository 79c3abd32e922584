// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// What a process gives up for good, one thing a function; each throws when the kernel refuses.
package enum ProcessHardening {
  /// No core dump, no tracing by other processes of the same user, and no handler (such as the language runtime's backtracer)
  /// that reads this memory in a crash: it ends with its own signal.
  package static func forbidDumps() throws(PlatformError) {
    try SystemCall.value("forbid dumps") { postern_undumpable() }
    try SystemCall.value("reset crash signals") { postern_default_crash_signals() }
    try limit("forbid core files", POSTERN_LIMIT_CORE, 0)
  }

  /// No exec gives more rights than this process has (no_new_privs of prctl(2)); Landlock and seccomp need it.
  package static func forbidNewPrivileges() throws(PlatformError) {
    try SystemCall.value("forbid new privileges") { postern_no_new_privileges() }
  }

  /// Killed when the parent's thread ends that started this process; ESRCH when `parent` is not the parent any more.
  package static func dieWithParent(_ parent: Int32) throws(PlatformError) {
    try SystemCall.value("die with parent") { postern_die_with_parent() }
    // it may have ended before the call above
    guard getppid() == parent else { throw PlatformError("die with parent", ESRCH) }
  }

  /// A write to a pipe or socket that nobody reads fails with EPIPE and does not end the process. Children start without this.
  package static func survivePipes() { _ = signal(SIGPIPE, SIG_IGN) }

  /// No more processes or threads for this user; without effect for uid 0.
  package static func forbidProcesses() throws(PlatformError) {
    try limit("forbid processes", POSTERN_LIMIT_PROCESSES, 0)
  }

  /// New descriptors only below `count`; open ones above stay.
  package static func limitDescriptors(to count: UInt64) throws(PlatformError) {
    try limit("limit descriptors", POSTERN_LIMIT_FILES, count)
  }

  /// A write beyond `bytes` of any file raises SIGXFSZ.
  package static func limitFileSize(to bytes: UInt64) throws(PlatformError) {
    try limit("limit file size", POSTERN_LIMIT_FILE_SIZE, bytes)
  }

  private static func limit(_ operation: StaticString, _ limit: postern_limit, _ value: UInt64) throws(PlatformError) {
    try SystemCall.value(operation) { postern_limit(limit, value) }
  }
}
