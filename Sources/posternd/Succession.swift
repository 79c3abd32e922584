// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternTables

/// A new configuration on its way: it is compiled, a gate is loaded with it, the old gate drains, and then the keeper goes over to it.
/// Until then the old configuration is in force, whatever goes wrong.
final class Succession {
  /// A configuration of 10,000 users compiles in well under a second.
  private static let compileLimit: UInt64 = 30_000_000_000

  enum Stage {
    case compiling(Compilation, since: UInt64)
    case loading(Heir)
    case draining(Heir)
    /// The new configuration is in force; its gate has still to say that it is ready.
    case enthroned
  }

  /// The gate to come, and what the keeper needs to go with it.
  struct Heir {
    let tables: KeeperTables
    let gate: GateSupervisor
    let sources: GateSources
  }

  var stage: Stage

  init(_ stage: Stage) { self.stage = stage }

  /// When this step has taken too long; the old gate's own deadline bounds its draining.
  var deadline: UInt64? {
    switch stage {
    case .compiling(_, let since): since + Self.compileLimit
    case .loading(let heir): heir.gate.deadline
    case .draining, .enthroned: nil
    }
  }
}
