// SPDX-License-Identifier: Apache-2.0
import PosternPlatform
import PosternTables
import PosternWire

/// A configuration as `posternctl compile` made it: the keeper reads its own tables and hands the gate's on unread.
///
/// The text, the keys and the TOML library stay in that short-lived child, which has no capability.
struct CompiledConfiguration: ~Copyable {
  let keeper: KeeperTables
  /// Sealed; holds secrets, never mapped here.
  let gateTables: OwnedDescriptor

  private static let tablesLimit = 64 << 20

  init(compiling file: String) throws(StartFailure) {
    do {
      let forGate = try MemoryFile.blank(named: "postern gate tables")
      let forKeeper = try MemoryFile.blank(named: "postern keeper tables")
      let child = try SpawnedProcess(
        try Self.compiler(), arguments: ["compile", "--gate-fd", "3", "--keeper-fd", "4", file],
        descriptors: [.init(forGate, as: 3), .init(forKeeper, as: 4), .init(standard: 2)])
      let end = try child.wait()
      guard end == .exited(0) else { throw StartFailure("the configuration was not accepted", status: ExitStatus.configuration) }
      try MemoryFile.seal(forGate)
      try MemoryFile.seal(forKeeper)
      keeper = try Self.decode(try MemoryFile(adopting: forKeeper, limit: Self.tablesLimit))
      gateTables = forGate
    } catch let failure as StartFailure {
      throw failure
    } catch {
      throw StartFailure("compiling the configuration: \(error)", status: ExitStatus.unavailable)
    }
  }

  private static func compiler() throws(StartFailure) -> String { try Programs.path("posternctl") }

  private static func decode(_ file: borrowing MemoryFile) throws(WireError) -> KeeperTables {
    try file.withBytes { bytes throws(WireError) in try KeeperTables(decoding: bytes) }
  }
}
