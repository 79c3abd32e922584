// SPDX-License-Identifier: Apache-2.0
internal import PosternConfig
internal import PosternCrypto
internal import PosternPlatform
internal import PosternProtocols
internal import PosternWire

/// Key files and libcrypto for the compiler, which itself touches neither.
final class CompilerWorld {
  /// What libcrypto failed with: the tables are then not to be used.
  private(set) var failure: CryptoError?

  func world(_ files: ConfigFiles) -> World {
    World(
      absolute: { path, file in files.absolute(path, besides: file) }, secret: { path in try SecretFile.read(path) },
      publicKey: { self.publicKey(of: $0) },
      agrees: { secret, peer in (try? X25519PrivateKey(secret).sharedSecret(with: peer)) != nil },
      doorID: { SPADoor.id(of: $0) },
      sha256: { SHA256.hash($0) }, groupID: { SystemGroup.id(named: $0) })
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
