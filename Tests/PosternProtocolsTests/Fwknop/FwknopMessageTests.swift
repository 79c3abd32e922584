// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternProtocols
import PosternWire
import Testing

@Suite struct FwknopMessageTests {
  static let messages: [(String, FwknopKind, (String, UInt16)?, UInt32)] = [
    ("command", .command, nil, 0), ("access", .access, nil, 0), ("NAT", .natAccess, ("10.0.0.5", 22), 0),
    ("timeout", .accessWithTimeout, nil, 60), ("NAT, timeout", .natAccessWithTimeout, ("a.example", 1), 1),
    ("local NAT", .localNATAccess, ("127.0.0.1", 65_535), 0),
    ("local NAT, timeout", .localNATAccessWithTimeout, ("127.0.0.1", 22), 65_536),
  ]

  @Test(arguments: messages)
  func roundTrip(_ name: String, _ kind: FwknopKind, _ target: (String, UInt16)?, _ timeout: UInt32) throws {
    let message = try FwknopFixture.message(
      kind, services: ["tcp/1", "udp/65535"], command: "a, b: c", target: target, timeout: timeout)
    for digest in HashAlgorithm.allCases {
      for random in [0, 1, 9_999_999_999_999_999, UInt64.max] {
        #expect(FwknopMessage(plainText: message.plainText(random: random, digest: digest)) == message)
      }
    }
  }

  /// The plain text around these fields, with its right digest.
  private func parses(_ fields: String) -> Bool {
    let encoded = Array(fields.utf8)
    let digest = UnpaddedBase64.encode(HashAlgorithm.sha256.hash(encoded))
    return FwknopMessage(plainText: encoded + [UInt8(ascii: ":")] + digest) != nil
  }

  private static func base64(_ text: String) -> String {
    String(decoding: UnpaddedBase64.encode(Array(text.utf8)), as: UTF8.self)
  }

  private static let head = "1234567890123456:\(base64("carol")):1800000000:3.0.0:"

  static let access: [(String, String, Bool)] = [
    ("one service", "192.0.2.7,tcp/22", true), ("the source", "0.0.0.0,udp/1", true),
    ("highest port", "192.0.2.7,tcp/65535", true),
    ("no service", "192.0.2.7", false), ("empty service", "192.0.2.7,", false), ("trailing comma", "192.0.2.7,tcp/22,", false),
    ("port 0", "192.0.2.7,tcp/0", false), ("port 65536", "192.0.2.7,tcp/65536", false),
    ("leading zero", "192.0.2.7,tcp/022", false),
    ("range", "192.0.2.7,tcp/22-25", false), ("capitals", "192.0.2.7,TCP/22", false), ("icmp", "192.0.2.7,icmp/8", false),
    ("esp", "192.0.2.7,esp", false), ("octal address", "010.0.0.1,tcp/22", false), ("00.0.0.0", "00.0.0.0,tcp/22", false),
    ("short address", "192.0.2,tcp/22", false), ("prefix", "192.0.2.0/24,tcp/22", false), ("IPv6", "2001:db8::1,tcp/22", false),
    ("space", "192.0.2.7, tcp/22", false), ("NUL", "192.0.2.7,tcp/22\0", false), ("sign", "192.0.2.7,tcp/+22", false),
  ]

  @Test(arguments: access) func accessMessages(_ name: String, _ message: String, _ isGood: Bool) {
    #expect(parses(Self.head + "1:" + Self.base64(message)) == isGood)
  }

  static let others: [(String, String, Bool)] = [
    ("command", "0:\(base64("192.0.2.7,x"))", true), ("command without text", "0:\(base64("192.0.2.7,"))", false),
    ("type 7", "7:\(base64("192.0.2.7,tcp/22"))", false), ("type 01", "01:\(base64("192.0.2.7,tcp/22"))", false),
    ("auth", "1:\(base64("192.0.2.7,tcp/22")):\(base64("secret"))", true),
    ("auth with spare bits", "1:\(base64("192.0.2.7,tcp/22")):YR", false),
    ("two fields more", "1:\(base64("192.0.2.7,tcp/22")):YQ:YQ", false),
    ("timeout", "3:\(base64("192.0.2.7,tcp/22")):60", true), ("auth and timeout", "3:\(base64("192.0.2.7,tcp/22")):YQ:60", true),
    ("no timeout", "3:\(base64("192.0.2.7,tcp/22"))", false), ("timeout 060", "3:\(base64("192.0.2.7,tcp/22")):060", false),
    ("timeout 65537", "3:\(base64("192.0.2.7,tcp/22")):65537", false),
    ("NAT", "2:\(base64("192.0.2.7,tcp/22")):\(base64("10.0.0.5,22"))", true),
    ("NAT and auth", "2:\(base64("192.0.2.7,tcp/22")):\(base64("10.0.0.5,22")):YQ", true),
    ("no NAT", "2:\(base64("192.0.2.7,tcp/22"))", false),
    ("NAT of a shell", "2:\(base64("192.0.2.7,tcp/22")):\(base64("10.0.0.5;id,22"))", false),
    ("NAT of a number", "2:\(base64("192.0.2.7,tcp/22")):\(base64("167772165,22"))", false),
    ("NAT of a hyphen", "2:\(base64("192.0.2.7,tcp/22")):\(base64("-h.example,22"))", false),
    ("NAT, port 0", "2:\(base64("192.0.2.7,tcp/22")):\(base64("10.0.0.5,0"))", false),
    ("NAT, auth, timeout", "4:\(base64("192.0.2.7,tcp/22")):\(base64("10.0.0.5,22")):YQ:5", true),
    ("empty message", "1:", false),
  ]

  @Test(arguments: others) func otherMessages(_ name: String, _ rest: String, _ isGood: Bool) {
    #expect(parses(Self.head + rest) == isGood)
  }

  static let heads: [(String, String, Bool)] = [
    ("as it is", head, true), ("15 digits", "123456789012345:YQ:1:3.0.0:", false),
    ("a letter", "123456789012345a:YQ:1:3.0.0:", false),
    ("no user", "1234567890123456::1:3.0.0:", false), ("user with a colon", "1234567890123456:\(base64("a:b")):1:3.0.0:", false),
    ("time 0", "1234567890123456:YQ:0:3.0.0:", true), ("after 2038", "1234567890123456:YQ:2147483648:3.0.0:", true),
    ("time 00", "1234567890123456:YQ:00:3.0.0:", false), ("negative time", "1234567890123456:YQ:-1:3.0.0:", false),
    ("13 digits of time", "1234567890123456:YQ:1000000000000:3.0.0:", false),
    ("old version", "1234567890123456:YQ:1:2.0:", true), ("long version", "1234567890123456:YQ:1:3.0.0.0.0:", false),
    ("no version", "1234567890123456:YQ:1::", false),
  ]

  @Test(arguments: heads) func headsOfMessages(_ name: String, _ head: String, _ isGood: Bool) {
    #expect(parses(head + "1:" + Self.base64("192.0.2.7,tcp/22")) == isGood)
  }
}
