// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternCrypto
internal import PosternPlatform
package import PosternProtocols
internal import PosternWire

extension ProfileText {
  /// Far more than ten keys need.
  private static let maximumBytes = 16_384

  /// Reads a profile file, and finds out whether others may read it too.
  package init(path: String) throws(ClientError) {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard number >= 0 else { throw ClientError(.system(errno), path: path) }
    let descriptor = OwnedDescriptor(owning: number)
    let text = try Self.text(descriptor, path)
    do throws(ProfileProblem) {
      self = try ProfileText(text, file: path)
    } catch {
      throw .profile(error)
    }
    do throws(SecretFileError) {
      try SecretFile.check(descriptor.number)
    } catch {
      exposure = ClientError(error, path: path)
    }
  }

  private static func text(_ descriptor: borrowing OwnedDescriptor, _ path: String) throws(ClientError) -> String {
    var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
    let count = unsafe read(descriptor.number, &bytes, bytes.count)
    guard count >= 0 else { throw .system("reading \(path)") }
    guard count <= maximumBytes else { throw .badFile(path: path, reason: "is longer than a profile") }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

extension Profile {
  /// Reads a profile file; one that holds a secret itself must be its owner's alone.
  package init(path: String) throws(ClientError) { try self.init(checked: ProfileText(path: path)) }

  /// As ``init(path:)``, of a file that is read already.
  package init(checked lines: ProfileText) throws(ClientError) {
    do throws(ProfileProblem) {
      self = try Profile(lines)
    } catch {
      throw .profile(error)
    }
    if holdsSecret, let exposure = lines.exposure { throw exposure }
  }

  /// Reads the secrets and prepares the encoder, which keeps them in locked memory; asks at the terminal for the passphrase of the
  /// private key where its file has one.
  package func encoder() throws(ClientError) -> SPAEncoder {
    let secrets = SPAProfile(
      clientPrivateKey: try ownKey(), presharedKey: try Self.secret(presharedKey), gatewayPublicKey: gatewayKey,
      admission: try Self.secret(admission))
    do throws(CryptoError) {
      return try SPAEncoder(secrets)
    } catch {
      throw ClientError(error)
    }
  }

  private func ownKey() throws(ClientError) -> Bytes32 {
    if case .file(let path) = privateKey { try KeyFile.privateKey(of: path) } else { try Self.secret(privateKey) }
  }

  private static func secret(_ reference: SecretReference) throws(ClientError) -> Bytes32 {
    switch reference {
    case .zeros: return .zero
    case .inline(let secret): return secret
    case .file(let path):
      do throws(SecretFileError) {
        return try SecretFile.read(path)
      } catch {
        throw ClientError(error, path: path)
      }
    }
  }
}
