// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternCrypto
internal import PosternPlatform

extension ClientError {
  /// What the system call that failed just now left in `errno`.
  static func system(_ operation: String) -> ClientError { .system(operation: operation, reason: reason(errno)) }

  static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  init(_ error: CryptoError) {
    self =
      switch error {
      case .refusedPoint: .cryptography("the gateway's key is no usable X25519 key")
      default: .cryptography("libcrypto: \(error)")
      }
  }

  /// Why a carrier's socket cannot be had, with the ways out where a right is missing.
  init(_ error: PlatformError, carrier: Carrier) {
    let right: String? =
      switch carrier {
      case .udp: nil
      case .tcpSyn: "CAP_NET_RAW"
      case .icmp: "CAP_NET_RAW or a group within net.ipv4.ping_group_range"
      }
    guard let right, error.code == EPERM || error.code == EACCES else {
      self = .system(operation: error.operation, reason: Self.reason(error.code))
      return
    }
    self = .notPermitted(
      "the carrier \(carrier) needs \(right): `sudo setcap cap_net_raw+ep \(ExecutablePath.directory ?? "")postern`, "
        + "or run it with sudo, or use --carrier udp")
  }

  init(_ error: SecretFileError, path: String) {
    self =
      switch error {
      case .system(ENOENT): .missingFile(path)
      case .system(EEXIST): .fileExists(path)
      case .readableByOthers, .system(EACCES), .system(EPERM): .permission(path: path, reason: error.description)
      case .notRegular, .notASecret, .underPassphrase, .wrongLength: .badFile(path: path, reason: error.description)
      case .system(let code): .system(operation: path, reason: Self.reason(code))
      }
  }
}
