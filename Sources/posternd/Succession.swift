// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternTables

/// A new configuration on its way: it is compiled, gates are loaded with it, the old ones drain, and then the keeper goes over to it.
/// Until then the old configuration is in force, whatever goes wrong.
final class Succession {
  /// A configuration of 10,000 users compiles in well under a second.
  private static let compileLimit: UInt64 = 30_000_000_000

  enum Stage {
    case compiling(Compilation, since: UInt64)
    case loading(Heir)
    case draining(Heir)
    /// The new configuration is in force; its gates have still to say that they are ready.
    case enthroned
  }

  /// The gates to come, and what the keeper needs to go with them.
  struct Heir {
    let tables: KeeperTables
    let gates: Gates
    let sources: GateSources
  }

  var stage: Stage

  init(_ stage: Stage) { self.stage = stage }

  /// When this step has taken too long; the old gates' own deadlines bound their draining.
  var deadline: UInt64? {
    switch stage {
    case .compiling(_, let since): since + Self.compileLimit
    case .loading(let heir): heir.gates.deadline
    case .draining, .enthroned: nil
    }
  }
}
