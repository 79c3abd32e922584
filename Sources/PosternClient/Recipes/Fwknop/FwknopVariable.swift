// SPDX-License-Identifier: Apache-2.0

/// The variables of an rc file of the fwknop client.
enum FwknopVariable: String, CaseIterable {
  case server = "SPA_SERVER"
  case serverPort = "SPA_SERVER_PORT"
  case serverProto = "SPA_SERVER_PROTO"
  case sourcePort = "SPA_SOURCE_PORT"
  case access = "ACCESS"
  case allowIP = "ALLOW_IP"
  case key = "KEY"
  case keyBase64 = "KEY_BASE64"
  case useHMAC = "USE_HMAC"
  case hmacKey = "HMAC_KEY"
  case hmacKeyBase64 = "HMAC_KEY_BASE64"
  case hmacDigestType = "HMAC_DIGEST_TYPE"
  case digestType = "DIGEST_TYPE"
  case encryptionMode = "ENCRYPTION_MODE"
  case fwTimeout = "FW_TIMEOUT"
  case timeOffset = "TIME_OFFSET"
  case natAccess = "NAT_ACCESS"
  case natLocal = "NAT_LOCAL"
  case natPort = "NAT_PORT"
  case natRandPort = "NAT_RAND_PORT"
  case randPort = "RAND_PORT"
  case spoofUser = "SPOOF_USER"
  case spoofSource = "SPOOF_SOURCE_IP"
  case userAgent = "HTTP_USER_AGENT"
  case useGPG = "USE_GPG"
  case keyFile = "KEY_FILE"
  case hmacKeyFile = "HMAC_KEY_FILE"
  case resolveHTTPS = "RESOLVE_IP_HTTPS"
  case resolveHTTP = "RESOLVE_IP_HTTP"
  case resolveHTTPOnly = "RESOLVE_HTTP_ONLY"
  case resolveURL = "RESOLVE_URL"
  case wget = "WGET_CMD"
  case wgetAgent = "USE_WGET_USER_AGENT"
  case resolveIPv4 = "SERVER_RESOLVE_IPV4"
  case verbose = "VERBOSE"
  case noSaveArgs = "NO_SAVE_ARGS"
  case gpgAgent = "USE_GPG_AGENT"
  case gpgSigningPassword = "GPG_SIGNING_PW"
  case gpgSigningPasswordBase64 = "GPG_SIGNING_PW_BASE64"
  case gpgSigner = "GPG_SIGNER"
  case gpgRecipient = "GPG_RECIPIENT"
  case gpgHome = "GPG_HOMEDIR"
  case gpgProgram = "GPG_EXE"
  case gpgNoPassword = "GPG_NO_SIGNING_PW"

  /// A secret has two forms, and a later line of either stands for both.
  static let otherForm: [String: String] = [
    FwknopKey.key.rawValue: FwknopKey.keyBase64.rawValue, FwknopKey.keyBase64.rawValue: FwknopKey.key.rawValue,
    FwknopKey.hmacKey.rawValue: FwknopKey.hmacKeyBase64.rawValue, FwknopKey.hmacKeyBase64.rawValue: FwknopKey.hmacKey.rawValue,
  ]

  /// The same as a line of a profile; nil for what makes no difference to a packet.
  func setting(_ value: String) -> Setting? {
    switch self {
    case .server: Setting(CommonKey.gateway.rawValue, value)
    case .serverPort: Self.setting(.serverPort, value)
    case .serverProto: Self.setting(.serverProto, value.lowercased())
    case .sourcePort: Self.setting(.sourcePort, value)
    case .access: Self.setting(.access, value)
    case .allowIP: Self.setting(.allowIP, value)
    case .key: Self.setting(.key, value)
    case .keyBase64: Self.setting(.keyBase64, value)
    case .useHMAC: Self.setting(.useHMAC, Self.flag(value))
    case .hmacKey: Self.setting(.hmacKey, value)
    case .hmacKeyBase64: Self.setting(.hmacKeyBase64, value)
    case .hmacDigestType: Self.setting(.hmacDigestType, value.lowercased())
    case .digestType: Self.setting(.digestType, value.lowercased())
    case .encryptionMode: Self.setting(.encryptionMode, value.lowercased())
    case .fwTimeout: Self.setting(.fwTimeout, value)
    case .timeOffset: Self.setting(.timeOffset, value)
    case .natAccess: Self.setting(.natAccess, value)
    case .natLocal: Self.setting(.natLocal, Self.flag(value))
    case .natPort: Self.setting(.natPort, value)
    case .natRandPort: Self.setting(.natRandPort, Self.flag(value))
    case .randPort: Self.setting(.randPort, Self.flag(value))
    case .spoofUser: Self.setting(.spoofUser, value)
    case .spoofSource: Self.setting(.spoofSource, value)
    case .userAgent: Self.setting(.userAgent, value)
    // What only GPG can be said with, and the address that a stranger's web page would tell.
    case .useGPG: Self.flag(value) == "yes" ? Self.setting(.encryptionMode, "gpg") : nil
    case .resolveHTTPS, .resolveHTTP: Self.flag(value) == "yes" ? Self.setting(.allowIP, "resolve") : nil
    case .keyFile: Self.setting(.getKey, value)
    case .hmacKeyFile: Self.setting(.getHMACKey, value)
    case .resolveHTTPOnly, .resolveURL, .wget, .wgetAgent, .resolveIPv4, .verbose, .noSaveArgs, .gpgAgent, .gpgSigningPassword,
      .gpgSigningPasswordBase64, .gpgSigner, .gpgRecipient, .gpgHome, .gpgProgram, .gpgNoPassword:
      nil
    }
  }

  private static func setting(_ key: FwknopKey, _ value: String) -> Setting { Setting(key.rawValue, value) }

  /// Anything but Y is no, as the fwknop client has it.
  private static func flag(_ value: String) -> String { value.first == "Y" || value.first == "y" ? "yes" : "no" }
}
