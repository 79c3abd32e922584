// SPDX-License-Identifier: Apache-2.0
import CPosternShims

/// The kernel's sandbox for unprivileged processes (landlock(7)), used with one rule: nothing.
package enum Landlock {
  package enum Outcome: Hashable, Sendable, CustomStringConvertible {
    /// All rights that this version of the interface knows are denied.
    case enforced(abi: CInt)
    /// The kernel has no Landlock or it is switched off: the caller says so and relies on seccomp.
    case unsupported

    package var description: String {
      switch self {
      case .enforced(let abi): "enforced (ABI \(abi))"
      case .unsupported: "not supported by this kernel"
      }
    }
  }

  /// Whether the running kernel has it.
  package static var isSupported: Bool { postern_landlock_abi() > 0 }

  /// Denies the filesystem, from ABI 4 TCP, from ABI 6 abstract unix sockets and signals to others; open descriptors stay usable.
  /// Needs ``ProcessHardening/forbidNewPrivileges()`` first. Throws when the kernel has Landlock and refuses.
  package static func denyAll() throws(PlatformError) -> Outcome {
    let abi = postern_landlock_abi()
    guard abi > 0 else { return .unsupported }
    try SystemCall.value("restrict by landlock") { postern_landlock_deny_all(abi) }
    return .enforced(abi: abi)
  }
}
