// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternWire
import Testing

@Suite struct AddressRuleTests {
  @Test(arguments: [
    "0.0.0.0", "0.0.0.1", "0.255.255.255", "127.0.0.0", "127.0.0.1", "127.255.255.255", "224.0.0.0", "224.0.0.1",
    "239.255.255.255",
    "240.0.0.0", "255.255.255.254", "255.255.255.255", "::", "::1", "::2", "::7f00:1", "::ffff:ffff", "::ffff:0:0",
    "::ffff:192.0.2.1",
    "::ffff:255.255.255.255", "64:ff9b::", "64:ff9b::c000:201", "64:ff9b::ffff:ffff", "64:ff9b:1::",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ])
  func neverAdmitted(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!AddressRule.admits(address, linkLocal: false))
    #expect(!AddressRule.admits(address, linkLocal: true))
  }

  @Test(arguments: [
    "169.254.0.0", "169.254.1.1", "169.254.255.255", "fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ])
  func linkLocal(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!AddressRule.admits(address, linkLocal: false))
    #expect(AddressRule.admits(address, linkLocal: true))
  }

  @Test(arguments: [
    "1.0.0.0", "10.0.0.1", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "192.0.2.7", "223.255.255.255",
    "2001:db8::1", "2002:c000:201::1", "fd00::1", "fe7f:ffff::1", "fec0::1", "feff::1", "64:ff9b:0:1::", "64:ff9b::1:0:0",
    "64:ff9b:2::",
    "64:ff9a::1", "::1:0:0", "::fffe:0:0", "::1:0:0:0", "0:0:0:1::",
  ])
  func admitted(_ text: String) throws {
    #expect(AddressRule.admits(try #require(IPAddress(text)), linkLocal: false))
  }

  @Test(arguments: [
    ("10.0.0.0/8", true), ("192.0.2.0/24", true), ("169.0.0.0/8", false), ("169.254.0.0/16", false), ("169.252.0.0/14", false),
    ("169.253.0.0/16", true), ("126.0.0.0/8", true), ("127.1.0.0/16", false), ("240.0.0.0/8", false), ("192.0.2.7/32", true),
    ("2001:db8::/32", true), ("2001:db8:1:2::/64", true), ("::/16", false), ("::/64", false), ("::ffff:0:0/96", false),
    ("::fffc:0:0/94", false), ("0:1::/32", true), ("64::/16", false), ("64:ff9b::/32", false), ("64:ff9b:0:1::/64", true),
    ("64:ff9b:1:8000::/49", false), ("64:ff9b::/33", false), ("64:ff9a::/32", true), ("fe80::/64", false), ("ff00::/16", false),
  ])
  func networks(_ text: String, _ isAdmitted: Bool) throws {
    #expect(AddressRule.admits(try #require(AddressPrefix(text)), linkLocal: false) == isAdmitted)
  }

  @Test(arguments: ["169.0.0.0/8", "169.254.0.0/16", "fe80::/64"])
  func linkLocalNetworks(_ text: String) throws {
    #expect(AddressRule.admits(try #require(AddressPrefix(text)), linkLocal: true))
  }
}
