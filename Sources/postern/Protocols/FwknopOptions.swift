// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct FwknopKnock: ClassicKnock {
  static let knockProtocol = "fwknop"
  static let configuration = described(
    "Send a packet as the fwknop client does.", usage: "[-n STANZA] [-A PORTS] [-a IP|-s] [HOST]",
    discussion: """
      Settings come from the command line, then from the profile of HOST, then from the stanza of ~/.fwknoprc that -n or HOST names, then \
      from its [default] stanza. Keys are named by file:PATH only: what stands on a command line, every user may read.
      """)

  @OptionGroup var options: ClassicOptions

  @Option(name: [.customShort("n"), .customLong("named-config")], help: "The stanza of the rc file.")
  var namedConfig: String?

  @Option(name: .customLong("rc-file"), help: "The rc file; without it ~/.fwknoprc.", completion: .file())
  var rcFile: String?

  @Option(name: [.customShort("A"), .long], help: "What to open, like tcp/22,udp/53.")
  var access: String?

  @Option(name: [.customShort("a"), .customLong("allow-ip")], help: "The IPv4 address to admit: auto unless said otherwise.")
  var allowIP: String?

  @Flag(name: [.customShort("s"), .customLong("source-ip")], help: "Admit the packet's own source.")
  var sourceIP = false

  @Option(name: [.customShort("p"), .customLong("server-port")], help: "The destination port.")
  var serverPort: String?

  @Option(name: [.customShort("P"), .customLong("server-proto")], help: "udp, tcp, tcpraw, udpraw, icmp or http.")
  var serverProto: String?

  @Option(name: [.customShort("S"), .customLong("source-port")], help: "The source port.")
  var sourcePort: String?

  @Flag(name: [.customShort("r"), .customLong("rand-port")], help: "Draw the destination port.")
  var randPort = false

  @Option(name: [.customShort("f"), .customLong("fw-timeout")], help: "Seconds for which to open.")
  var fwTimeout: String?

  @Option(name: .customLong("key-rijndael"), help: "file:PATH of the passphrase.")
  var key: String?

  @Option(name: .customLong("key-base64-rijndael"), help: "file:PATH of the key in base64.")
  var keyBase64: String?

  @Option(name: .customLong("key-hmac"), help: "file:PATH of the HMAC key.")
  var hmacKey: String?

  @Option(name: .customLong("key-base64-hmac"), help: "file:PATH of the HMAC key in base64.")
  var hmacKeyBase64: String?

  @Option(name: [.customShort("G"), .customLong("get-key")], help: "A file with lines `host: key`.", completion: .file())
  var getKey: String?

  @Option(name: .customLong("get-hmac-key"), help: "A file with lines `host: HMAC key`.", completion: .file())
  var getHMACKey: String?

  @Flag(name: .customLong("use-hmac"), help: "Refuse to go without an HMAC key.")
  var useHMAC = false

  @Option(name: .customLong("hmac-digest-type"), help: "md5, sha1, sha256, sha384, sha512, sha3_256 or sha3_512.")
  var hmacDigestType: String?

  @Option(name: [.customShort("m"), .customLong("digest-type")], help: "The digest inside, of the same names.")
  var digestType: String?

  @Option(name: [.customShort("M"), .customLong("encryption-mode")], help: "cbc or legacy.")
  var encryptionMode: String?

  @Option(name: [.customShort("N"), .customLong("nat-access")], help: "A host inside, perhaps with :PORT, to be led to.")
  var natAccess: String?

  @Flag(name: .customLong("nat-local"), help: "Be led to the server's own port.")
  var natLocal = false

  @Option(name: .customLong("nat-port"), help: "The port that the server opens for it.")
  var natPort: String?

  @Flag(name: .customLong("nat-rand-port"), help: "Draw that port.")
  var natRandPort = false

  @Option(name: [.customShort("C"), .customLong("server-cmd")], help: "A command for the server instead of ports.")
  var serverCmd: String?

  @Option(name: [.customShort("U"), .customLong("spoof-user")], help: "The user's name in the packet.")
  var spoofUser: String?

  @Option(name: [.customShort("Q"), .customLong("spoof-source")], help: "The packet's source: udpraw, tcpraw and icmp.")
  var spoofSource: String?

  @Option(name: .customLong("icmp-type"), help: "The ICMP type; echo reply unless said otherwise.")
  var icmpType: String?

  @Option(name: .customLong("icmp-code"), help: "The ICMP code.")
  var icmpCode: String?

  @Option(name: [.customShort("H"), .customLong("http-proxy")], help: "A proxy for http, perhaps with :PORT.")
  var httpProxy: String?

  @Option(name: [.customShort("u"), .customLong("user-agent")], help: "What an HTTP request calls itself.")
  var userAgent: String?

  @Option(name: .customLong("time-offset-plus"), help: "A time by which the clock here is behind.")
  var timeOffsetPlus: String?

  @Option(name: .customLong("time-offset-minus"), help: "A time by which the clock here is ahead.")
  var timeOffsetMinus: String?

  @Argument(help: "The server, or the name of a profile or of a stanza.")
  var host: String?

  var settings: [Setting] {
    Setting.given([
      ("named-config", namedConfig), ("rc-file", rcFile), ("access", access), ("allow-ip", sourceIP ? "source" : allowIP),
      ("server-port", serverPort), ("server-proto", serverProto), ("source-port", sourcePort),
      ("rand-port", randPort ? "yes" : nil),
      ("fw-timeout", fwTimeout), ("key", key), ("key-base64", keyBase64), ("hmac-key", hmacKey),
      ("hmac-key-base64", hmacKeyBase64), ("get-key", getKey), ("get-hmac-key", getHMACKey), ("use-hmac", useHMAC ? "yes" : nil),
      ("hmac-digest-type", hmacDigestType), ("digest-type", digestType), ("encryption-mode", encryptionMode),
      ("nat-access", natAccess), ("nat-local", natLocal ? "yes" : nil), ("nat-port", natPort),
      ("nat-rand-port", natRandPort ? "yes" : nil), ("server-cmd", serverCmd), ("spoof-user", spoofUser),
      ("spoof-source", spoofSource), ("icmp-type", icmpType), ("icmp-code", icmpCode), ("http-proxy", httpProxy),
      ("user-agent", userAgent), ("time-offset", timeOffsetPlus ?? timeOffsetMinus.map { "-" + $0 }),
    ])
  }
}
