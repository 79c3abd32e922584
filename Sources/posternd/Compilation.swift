// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import PosternTables
import PosternWire

/// `posternctl compile` at work: text, keys and the TOML library stay in that short-lived child, which has no capability.
final class Compilation {
  private static let tablesLimit = 64 << 20
  private static let wordsLimit = 64 << 10

  private let child: SpawnedProcess
  private let forGate: OwnedDescriptor
  private let forKeeper: OwnedDescriptor
  /// What the child has to say: its standard error.
  private let words: OwnedDescriptor

  init(of file: String) throws(StartFailure) {
    do {
      forGate = try MemoryFile.blank(named: "postern gate tables")
      forKeeper = try MemoryFile.blank(named: "postern keeper tables")
      words = try MemoryFile.blank(named: "postern compiler words")
      child = try SpawnedProcess(
        try Programs.path("posternctl"), arguments: ["compile", "--gate-fd", "3", "--keeper-fd", "4", file],
        descriptors: [.init(forGate, as: 3), .init(forKeeper, as: 4), .init(words, as: STDERR_FILENO)])
    } catch let failure as StartFailure {
      throw failure
    } catch {
      throw Self.failure(error)
    }
  }

  func watch(in loop: borrowing EventLoop, token: UInt64) throws(PlatformError) { try loop.add(child.descriptor, token: token) }
  func forget(in loop: borrowing EventLoop) { try? loop.remove(child.descriptor) }
  func kill() { try? child.signal(SIGKILL) }

  /// Waits for the child and takes its tables; throws its complaints, line by line, when it has none.
  func finish() throws(StartFailure) -> CompiledConfiguration {
    do {
      let end = try child.wait()
      let said = try complaints()
      guard end == .exited(EXIT_SUCCESS) else {
        throw StartFailure(said.isEmpty ? "the compiler \(end)" : said, status: ExitStatus.configuration)
      }
      if !said.isEmpty { Notice.write(said) }
      try MemoryFile.seal(forGate)
      try MemoryFile.seal(forKeeper)
      let file = try MemoryFile(adopting: forKeeper.duplicated(), limit: Self.tablesLimit)
      let keeper = try file.withBytes { bytes throws(WireError) in try KeeperTables(decoding: bytes) }
      return CompiledConfiguration(keeper: keeper, gateTables: try forGate.duplicated())
    } catch let failure as StartFailure {
      throw failure
    } catch {
      throw Self.failure(error)
    }
  }

  private func complaints() throws(PlatformError) -> String {
    try MemoryFile.seal(words)
    guard let file = try? MemoryFile(adopting: words.duplicated(), limit: Self.wordsLimit) else { return "" }
    let text = file.withBytes { bytes in String(decoding: bytes.copied(), as: UTF8.self) }
    return text.split(separator: "\n").joined(separator: "\n")
  }

  private static func failure(_ error: any Error) -> StartFailure {
    StartFailure("compiling the configuration: \(error)", status: ExitStatus.unavailable)
  }
}

/// A configuration as its compiler made it: the keeper reads its own tables and hands the gate's on unread.
struct CompiledConfiguration: ~Copyable {
  let keeper: KeeperTables
  /// Sealed; holds secrets, never mapped here.
  let gateTables: OwnedDescriptor
}
