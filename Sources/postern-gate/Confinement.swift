// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternAuthority
import PosternPlatform

/// What the gate gives up before its first packet, and the proof that it is gone.
enum Confinement {
  /// Why the gate does not run.
  enum Failure: Error, CustomStringConvertible {
    case notConfined([ConfinementProof.Attempt])

    var description: String {
      switch self {
      case .notConfined(let attempts): "not confined: these attempts succeeded: \(attempts)"
      }
    }
  }

  /// Descriptors beyond those handed over: none are ever opened, but epoll's own is among them.
  private static let descriptorLimit: UInt64 = 64
  /// Rings are the largest files, and they never grow.
  private static let fileLimit = UInt64(RingLayout.maximumFileSize)

  static func apply() throws {
    _ = try Capabilities.keepOnly([])
    try ProcessHardening.limitDescriptors(to: descriptorLimit)
    try ProcessHardening.limitFileSize(to: fileLimit)
    try ProcessHardening.forbidProcesses()
    let landlock = try Landlock.denyAll()
    if landlock == .unsupported { Complaint.write("this kernel has no Landlock: confined by seccomp alone") }
    try Seccomp.confineGate()
    let open = ConfinementProof.run()
    guard open.isEmpty else { throw Failure.notConfined(open) }
    // The keeper's own standard error: nobody who takes this process over may write there. From here on the exit status tells why
    // it ended.
    _ = close(STDERR_FILENO)
  }
}
