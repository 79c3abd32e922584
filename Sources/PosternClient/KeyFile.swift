// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternPlatform
internal import PosternWire

/// Files with the client's own secrets: X25519 private keys, and random secrets, which have the same form.
package enum KeyFile {
  /// Draws 32 random bytes into a new file, readable by its owner alone; never replaces a file.
  package static func create(_ path: String) throws(ClientError) {
    let secret: Bytes32
    do throws(CryptoError) {
      secret = try Randomness.bytes32()
    } catch {
      throw ClientError(error)
    }
    do throws(SecretFileError) {
      try SecretFile.create(path, secret)
    } catch {
      throw ClientError(error, path: path)
    }
  }

  /// The public key, in base64, of the private key in a file.
  package static func publicKey(of path: String) throws(ClientError) -> String {
    let secret: Bytes32
    do throws(SecretFileError) {
      secret = try SecretFile.read(path)
    } catch {
      throw ClientError(error, path: path)
    }
    do throws(CryptoError) {
      return Base64.encode(try X25519PrivateKey(secret).publicKey.array)
    } catch {
      throw ClientError(error)
    }
  }
}
