// SPDX-License-Identifier: Apache-2.0
internal import CCrypto

/// OpenSSL's legacy provider in a library context of its own, so that nothing else ever finds its ciphers.
///
/// Making one loads a module from a file: that is for the time before a process confines itself.
@safe package final class LegacyCiphers {
  private let library: OpaquePointer
  private let provider: OpaquePointer
  fileprivate let blowfish: OpaquePointer

  /// Throws ``CryptoError/noLegacyProvider`` where the module is not installed.
  package init() throws(CryptoError) {
    guard let library = unsafe OSSL_LIB_CTX_new() else { throw .unavailable }
    guard let provider = unsafe OSSL_PROVIDER_load(library, "legacy") else {
      unsafe OSSL_LIB_CTX_free(library)
      ERR_clear_error()
      throw .noLegacyProvider
    }
    guard let blowfish = unsafe EVP_CIPHER_fetch(library, "BF-ECB", nil) else {
      _ = unsafe OSSL_PROVIDER_unload(provider)
      unsafe OSSL_LIB_CTX_free(library)
      ERR_clear_error()
      throw .noLegacyProvider
    }
    unsafe self.library = library
    unsafe self.provider = provider
    unsafe self.blowfish = blowfish
  }

  deinit {
    unsafe EVP_CIPHER_free(blowfish)
    _ = unsafe OSSL_PROVIDER_unload(provider)
    unsafe OSSL_LIB_CTX_free(library)
  }
}

/// Blowfish under one key: a cipher of 1993 with blocks of eight bytes, for reading what old systems write and nothing else.
@safe package final class BlowfishKey {
  /// What the cipher takes: 32 to 448 bits.
  package static let keyLengths = 4...56
  package static let blockLength = 8

  private enum Direction: Int32 {
    case decrypt = 0
    case encrypt = 1
  }

  /// Keeps the module loaded for as long as a context uses it.
  private let ciphers: LegacyCiphers
  private let decryption: OpaquePointer
  private let encryption: OpaquePointer

  package init(_ key: [UInt8], _ ciphers: LegacyCiphers) throws(CryptoError) {
    guard Self.keyLengths.contains(key.count) else { throw .wrongLength }
    let decryption = try unsafe Self.context(key, ciphers, .decrypt)
    do {
      unsafe encryption = try unsafe Self.context(key, ciphers, .encrypt)
    } catch {
      unsafe EVP_CIPHER_CTX_free(decryption)
      throw error
    }
    unsafe self.decryption = decryption
    self.ciphers = ciphers
  }

  deinit {
    unsafe EVP_CIPHER_CTX_free(decryption)
    unsafe EVP_CIPHER_CTX_free(encryption)
  }

  /// One block, decrypted by itself (ECB).
  package func decrypt(_ block: UInt64) throws(CryptoError) -> UInt64 { try unsafe Self.crypt(block, decryption) }

  /// One block, encrypted by itself (ECB).
  package func encrypt(_ block: UInt64) throws(CryptoError) -> UInt64 { try unsafe Self.crypt(block, encryption) }

  private static func context(
    _ key: [UInt8], _ ciphers: LegacyCiphers, _ direction: Direction
  ) throws(CryptoError) -> OpaquePointer {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .unavailable }
    // The length goes in between the cipher and the key, whose schedule depends on it.
    guard unsafe EVP_CipherInit_ex2(context, ciphers.blowfish, nil, nil, direction.rawValue, nil) == 1,
      unsafe EVP_CIPHER_CTX_set_key_length(context, Int32(key.count)) == 1,
      unsafe EVP_CipherInit_ex2(context, nil, key, nil, direction.rawValue, nil) == 1,
      unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1
    else {
      unsafe EVP_CIPHER_CTX_free(context)
      throw .unavailable
    }
    return unsafe context
  }

  private static func crypt(_ block: UInt64, _ context: OpaquePointer) throws(CryptoError) -> UInt64 {
    let input: InlineArray<1, UInt64> = [block.bigEndian]
    var output: UInt64 = 0
    var written: Int32 = 0
    let accepted = unsafe withUnsafeMutableBytes(of: &output) { output in
      unsafe input.span.bytes.withBytePointer { input, count in
        unsafe EVP_CipherUpdate(
          context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, input, Int32(count))
      }
    }
    guard accepted == 1, written == Int32(blockLength) else { throw .failed }
    return UInt64(bigEndian: output)
  }
}

extension BlowfishKey {
  /// Decrypts cipher feedback of eight bits (NIST SP 800-38A section 6.3 with s = 8): each byte is masked with the first byte of the
  /// encrypted register, into which the byte of cipher text is shifted then.
  package func openFeedback(_ sealed: [UInt8], initial: UInt64) throws(CryptoError) -> [UInt8] {
    var register = initial
    var plain: [UInt8] = []
    plain.reserveCapacity(sealed.count)
    for byte in sealed {
      plain.append(byte ^ UInt8(truncatingIfNeeded: try encrypt(register) >> 56))
      register = register << 8 | UInt64(byte)
    }
    return plain
  }

  /// The counterpart of ``openFeedback(_:initial:)``.
  package func sealFeedback(_ plain: [UInt8], initial: UInt64) throws(CryptoError) -> [UInt8] {
    var register = initial
    var sealed: [UInt8] = []
    sealed.reserveCapacity(plain.count)
    for byte in plain {
      let masked = byte ^ UInt8(truncatingIfNeeded: try encrypt(register) >> 56)
      sealed.append(masked)
      register = register << 8 | UInt64(masked)
    }
    return sealed
  }
}
