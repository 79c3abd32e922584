// SPDX-License-Identifier: Apache-2.0
internal import PosternConfig
internal import PosternCrypto
internal import PosternPlatform
package import PosternTables

/// The tables of one configuration, with every path absolute.
package struct CompiledConfiguration: Sendable {
  package private(set) var gate: GateTables
  package private(set) var keeper: KeeperTables

  package init(path: String) throws(CompileError) { try self.init(ConfigFiles(path: path)) }

  package init(_ files: ConfigFiles) throws(CompileError) {
    let outside = CompilerWorld()
    let tables = try Self.compile(files, outside)
    gate = tables.gate
    keeper = tables.keeper
    if let failure = outside.failure { throw .cryptography("\(failure)") }
    try requireLegacyCiphers()
  }

  /// A gate could not say so: without them it would not start.
  private func requireLegacyCiphers() throws(CompileError) {
    guard gate.keys.contains(where: \.credential.needsLegacyCiphers) else { return }
    do throws(CryptoError) { _ = try LegacyCiphers() } catch {
      throw .cryptography(
        "a key of an old form needs Blowfish, but OpenSSL's legacy provider (ossl-modules/legacy.so) is not installed")
    }
  }

  /// Writes the encoded tables to open descriptors.
  package func write(gate gateDescriptor: Int32, keeper keeperDescriptor: Int32) throws(CompileError) {
    var secret = gate.encoded()
    defer { secret.wipe() }
    do throws(PlatformError) {
      try BoundedFile.write(secret, to: gateDescriptor)
      try BoundedFile.write(keeper.encoded(), to: keeperDescriptor)
    } catch {
      throw .system(error)
    }
  }

  /// Overwrites the secrets in place.
  package mutating func erase() { gate.eraseSecrets() }

  private static func compile(_ files: ConfigFiles, _ outside: CompilerWorld) throws(CompileError) -> CompiledTables {
    do throws(ConfigFailure) {
      return try Configuration(merging: files.texts, unread: files.unread).compiled(with: outside.world(files))
    } catch {
      throw .configuration(error)
    }
  }
}
