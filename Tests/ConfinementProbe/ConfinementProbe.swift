// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Glibc
import PosternKnock
import PosternPlatform

/// Confines itself as the gate does and then does what its one argument says; tests look at how it ends.
@main struct ConfinementProbe {
  static func main() {
    do {
      exit(try run(CommandLine.arguments.dropFirst().first ?? ""))
    } catch {
      exit(90)
    }
  }

  private static func run(_ mode: String) throws(PlatformError) -> CInt {
    switch mode {
    case "unconfined": return proof()
    case "exec-as-root": return try execAsRoot()
    case "orphan": return try orphan()
    case "landlock": return try landlockAlone()
    default: break
    }
    let pipe = try SeqpacketPair()
    try confine()
    switch mode {
    case "prove": return proof()
    case "work": return try work(pipe)
    case "uname": support_call_uname()
    case "x32": support_call_x32()
    case "map-code": support_map_code()
    case "signal-other": support_signal_other()
    case "abort": abort()
    default: return 91
    }
    return 92
  }

  private static func confine() throws(PlatformError) {
    try ProcessHardening.forbidDumps()
    try ProcessHardening.forbidNewPrivileges()
    try ProcessHardening.dieWithParent(getppid())
    try ProcessHardening.forbidProcesses()
    try ProcessHardening.limitDescriptors(to: 16)
    try ProcessHardening.limitFileSize(to: 1 << 20)
    _ = try Capabilities.keepOnly([])
    _ = try Landlock.denyAll()
    try Seccomp.confineGate()
  }

  /// Zero, or the number of attempts that went through.
  private static func proof() -> CInt { CInt(ConfinementProof.run().count) }

  /// What a gate goes on doing: receive, send, allocate, read clocks.
  private static func work(_ pair: consuming SeqpacketPair) throws(PlatformError) -> CInt {
    var loop = [UInt8](repeating: 0, count: 4 << 20)
    loop[loop.count - 1] = 7
    let message: [UInt8] = [1, 2, 3]
    guard try pair.far.send(unsafe message.span.bytes), try pair.near.receive(into: &loop) == .bytes(3) else { return 1 }
    guard SystemClock.now() > .zero, SystemClock.monotonic() > 0 else { return 2 }
    _ = SystemClock.isSynchronised
    return loop.prefix(3) == [1, 2, 3] ? 0 : 3
  }

  private static func execAsRoot() throws(PlatformError) -> CInt {
    guard try Capabilities.keepOnly([]) else { return 1 }
    return try cat("/proc/self/status")
  }

  private static func landlockAlone() throws(PlatformError) -> CInt {
    try ProcessHardening.forbidNewPrivileges()
    guard case .enforced = try Landlock.denyAll() else { return 77 }
    return unsafe open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1
  }

  /// Names a parent that is none of ours.
  private static func orphan() throws(PlatformError) -> CInt {
    do {
      try ProcessHardening.dieWithParent(getppid() &+ 1)
      return 1
    } catch {
      return error.code == ESRCH ? 0 : 2
    }
  }

  private static func cat(_ path: String) throws(PlatformError) -> CInt {
    let child = try SpawnedProcess("/bin/cat", arguments: [path], descriptors: [.init(standard: 1)])
    return try child.wait() == .exited(0) ? 0 : 2
  }
}
