// SPDX-License-Identifier: Apache-2.0
internal import PosternConfig
internal import PosternCrypto
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternWire

/// Key files and libcrypto for the compiler, which itself touches neither.
final class CompilerWorld {
  /// What libcrypto failed with: the tables are then not to be used.
  private(set) var failure: CryptoError?

  func world(_ file: ConfigFile) -> World {
    World(
      secret: { path in try SecretFile.read(file.absolute(path)) },
      publicKey: { secret in self.noting(nil) { () throws(CryptoError) in try X25519PrivateKey(secret).publicKey } },
      agrees: { secret, peer in (try? X25519PrivateKey(secret).sharedSecret(with: peer)) != nil },
      doorID: { name in self.noting(DoorID(0)) { () throws(CryptoError) in try SPADoor.id(of: name) } },
      sha256: { bytes in self.noting(.zero) { () throws(CryptoError) in try SHA256.hash(bytes) } })
  }

  private func noting<Value>(_ substitute: Value, _ body: () throws(CryptoError) -> Value) -> Value {
    do throws(CryptoError) {
      return try body()
    } catch {
      failure = error
      return substitute
    }
  }
}
