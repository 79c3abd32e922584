// SPDX-License-Identifier: Apache-2.0
internal import PosternConfig
internal import PosternCrypto
internal import PosternPlatform
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// Key files and libcrypto for the compiler, which itself touches neither.
final class CompilerWorld {
  /// What libcrypto failed with: the tables are then not to be used.
  private(set) var failure: CryptoError?

  func world(_ files: ConfigFiles) -> World {
    var world = World(
      absolute: { path, file in files.absolute(path, besides: file) }, secret: { path in try SecretFile.read(path) },
      secretText: { path in try SecretFile.readText(path, limit: World.secretTextBytes) },
      publicKey: { self.publicKey(of: $0) },
      agrees: { secret, peer in (try? X25519PrivateKey(secret).sharedSecret(with: peer)) != nil },
      doorID: { SPADoor.id(of: $0) },
      sha256: { SHA256.hash($0) }, groupID: { SystemGroup.id(named: $0) }, account: Self.account)
    world.zone = { try BoundedFile.read(BoundedFile.open("/usr/share/zoneinfo/\($0)"), limit: ZoneFile.byteLimit) }
    world.now = SystemClock.now()
    return world
  }

  private static func account(_ name: World.AccountName) -> RunnerProgram.Identity? {
    let user =
      switch name {
      case .named(let name): SystemUser(named: name)
      case .number(let id): SystemUser(id: id)
      }
    return user.map { RunnerProgram.Identity(user: $0.id, group: $0.group, groups: $0.groups) }
  }

  private func publicKey(of secret: Bytes32) -> Bytes32? {
    do throws(CryptoError) {
      return try X25519PrivateKey(secret).publicKey
    } catch {
      failure = error
      return nil
    }
  }
}
