// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

@Suite struct TextFormsTests {
  @Test(arguments: ["0.0.0.0", "192.0.2.7", "255.255.255.255", "10.0.0.1"])
  func ipv4RoundTrip(_ text: String) { #expect(IPv4Address(text)?.description == text) }

  @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.-4", "1.2.3.4 ", "1..3.4", "+1.2.3.4"])
  func ipv4Refused(_ text: String) { #expect(IPv4Address(text) == nil) }

  @Test(arguments: [
    ("::", "::"), ("::1", "::1"), ("2001:db8::7", "2001:db8::7"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("fe80::", "fe80::"),
  ])
  func ipv6Canonical(_ text: String, _ canonical: String) { #expect(IPv6Address(text)?.description == canonical) }

  @Test(arguments: [
    "", ":", ":::", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1.2.3.4:5",
    "fe80::1%eth0",
    "1.2.3.4::", ":1::",
  ])
  func ipv6Refused(_ text: String) { #expect(IPv6Address(text) == nil) }

  @Test(arguments: [
    ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "9.9.9.9", true),
    ("0.0.0.0/0", "::1", false), ("2001:db8::/32", "2001:db8:1::1", true), ("2001:db8::1/128", "2001:db8::1", true),
    ("2001:db8::/65", "2001:db8::8000:0:0:0", false), ("192.0.2.1", "192.0.2.1", true),
  ])
  func prefixContains(_ prefix: String, _ address: String, _ expected: Bool) throws {
    #expect(try #require(AddressPrefix(prefix)).contains(try #require(IPAddress(address))) == expected)
  }

  @Test(
    arguments: [
      ("192.0.2.129", 25, "192.0.2.128/25"), ("192.0.2.129", 0, "0.0.0.0/0"), ("192.0.2.129", 200, "192.0.2.129/32"),
      ("2001:db8:1:2:3::4", 64, "2001:db8:1:2::/64"), ("2001:db8:ffff::1", 33, "2001:db8:8000::/33"),
      ("2001:db8::1:ffff", 113, "2001:db8::1:8000/113"),
    ] as [(String, UInt8, String)])
  func prefixAround(_ address: String, _ length: UInt8, _ expected: String) throws {
    #expect(AddressPrefix(around: try #require(IPAddress(address)), length: length).description == expected)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.1.0.0/16", true), ("10.1.0.0/16", "10.0.0.0/8", false), ("10.0.0.0/8", "10.0.0.0/8", true),
    ("10.0.0.0/8", "11.0.0.0/16", false), ("::/0", "10.0.0.0/8", false), ("2001:db8::/32", "2001:db8:1::/64", true),
  ])
  func prefixContainsNetwork(_ outer: String, _ inner: String, _ expected: Bool) throws {
    let networks = (try #require(AddressPrefix(outer)), try #require(AddressPrefix(inner)))
    #expect(networks.0.contains(networks.1) == expected)
  }

  @Test(arguments: ["10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8/8", "x/8"])
  func prefixRefused(_ text: String) { #expect(AddressPrefix(text) == nil) }

  @Test(arguments: [
    ("tcp/22", true), ("udp/51820", true), ("sctp/1", true), ("tcp/8000-8010", true), ("tcp/1-65535", true), ("esp", true),
    ("icmpv6", true), ("tcp/0", false), ("tcp/65536", false), ("xtp/1", false), ("tcp", false), ("tcp/", false),
    ("tcp/+5", false), ("tcp/5-5", false), ("tcp/6-5", false), ("tcp/0-5", false), ("tcp/5-", false), ("tcp/-5", false),
    ("tcp/1-2-3", false), ("esp/1", false), ("tcp/22/", false), ("", false),
  ])
  func service(_ text: String, _ valid: Bool) { #expect((Service(text)?.description == text) == valid) }

  @Test(arguments: [("", ""), ("66", "f"), ("666f", "fo"), ("666f6f", "foo"), ("666f6f62", "foob")])
  func base64RFC4648(_ hex: String, _ plain: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(bytes == Array(plain.utf8))
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
  }

  @Test func base64Vectors() {
    #expect(Base64.encode(Array("f".utf8)) == "Zg==")
    #expect(Base64.encode(Array("fo".utf8)) == "Zm8=")
    #expect(Base64.encode(Array("foobar".utf8)) == "Zm9vYmFy")
  }

  @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm9v\n", "Zm-v"])
  func base64Refused(_ text: String) { #expect(Base64.decode(text) == nil) }

  @Test(arguments: ["0", "0g", "zz", "12 4"]) func hexRefused(_ text: String) { #expect(Hex.decode(text) == nil) }
}
