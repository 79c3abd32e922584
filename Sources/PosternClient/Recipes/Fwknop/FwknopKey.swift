// SPDX-License-Identifier: Apache-2.0

/// The keys of a profile for fwknop, spelled as the fwknop client's options.
package enum FwknopKey: String, Hashable, Sendable, CaseIterable {
  /// A file with stanzas as the fwknop client has it; without it `~/.fwknoprc`.
  case rcFile = "rc-file"
  /// The stanza there.
  case namedConfig = "named-config"
  case access
  case allowIP = "allow-ip"
  case serverPort = "server-port"
  case serverProto = "server-proto"
  case sourcePort = "source-port"
  case randPort = "rand-port"
  case key
  case keyBase64 = "key-base64"
  /// A file with lines `host: key`.
  case getKey = "get-key"
  case getHMACKey = "get-hmac-key"
  case useHMAC = "use-hmac"
  case hmacKey = "hmac-key"
  case hmacKeyBase64 = "hmac-key-base64"
  case hmacDigestType = "hmac-digest-type"
  case digestType = "digest-type"
  case encryptionMode = "encryption-mode"
  case fwTimeout = "fw-timeout"
  case timeOffset = "time-offset"
  case natAccess = "nat-access"
  case natLocal = "nat-local"
  case natPort = "nat-port"
  case natRandPort = "nat-rand-port"
  case serverCmd = "server-cmd"
  case spoofUser = "spoof-user"
  case spoofSource = "spoof-source"
  case icmpType = "icmp-type"
  case icmpCode = "icmp-code"
  case httpProxy = "http-proxy"
  case userAgent = "user-agent"
}
