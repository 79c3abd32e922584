// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternWire

/// Random numbers of knocks.
enum Chance {
  static func bytes(_ count: Int) throws(ClientError) -> [UInt8] {
    do throws(CryptoError) {
      return try Randomness.bytes(count)
    } catch {
      throw ClientError(error)
    }
  }

  static func number() throws(ClientError) -> UInt32 {
    do throws(CryptoError) {
      return try Randomness.bytes(4).withBytes { $0.u32(at: 0) }
    } catch {
      throw ClientError(error)
    }
  }
}
