// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternWire
import Testing

@Suite struct ElementKeyTests {
  static let cases: [(String, String, String)] = [
    ("192.0.2.1", "tcp/22", "c0000201" + "06000000" + "00160000"),
    ("255.255.255.255", "udp/65535", "ffffffff" + "11000000" + "ffff0000"),
    ("2001:db8::1", "udp/51820", "20010db8000000000000000000000001" + "11000000" + "ca6c0000"),
  ]

  @Test(arguments: cases)
  func bytesAndBack(_ address: String, _ service: String, _ hex: String) throws {
    let key = try key(address, service)
    #expect(Hex.encode(key.bytes) == hex)
    let parts = try #require(ElementKey(bytes: key.bytes)?.parts)
    let wanted = try #require(Service(service))
    #expect(parts.address.description == address)
    #expect(parts.transport == wanted.transport.rawValue && parts.port == wanted.port.number)
  }

  @Test(arguments: [
    "c0000201", "c0000201060000000016", "c000020106000000001600000000", "c0000201" + "06010000" + "00160000",
    "c0000201" + "06000001" + "00160000", "c0000201" + "06000000" + "00160001",
    "20010db8000000000000000000000001" + "11000000" + "ca6c0100",
  ])
  func notADoorsKey(_ hex: String) throws {
    #expect(ElementKey(bytes: try #require(Hex.decode(hex)))?.parts == nil)
  }

  @Test func foreignProtocolAndPortZeroDecode() throws {
    let bytes = try #require(Hex.decode("0a000001" + "84000000" + "00000000"))
    let parts = try #require(ElementKey(bytes: bytes)?.parts)
    #expect(parts.transport == 132 && parts.port == 0)
  }

  @Test func lengthIsBounded() {
    #expect(ElementKey(bytes: []) == nil)
    #expect(ElementKey(bytes: [UInt8](repeating: 1, count: 64)) != nil)
    #expect(ElementKey(bytes: [UInt8](repeating: 1, count: 65)) == nil)
  }
}

@Suite struct SetElementTests {
  @Test func timeoutIsNeverZero() {
    #expect(Milliseconds(0) == nil)
    #expect(Milliseconds(seconds: 0) == nil)
    #expect(Milliseconds(1)?.count == 1)
    #expect(Milliseconds(seconds: .max)?.count == 4_294_967_295_000)
    #expect(Milliseconds(Milliseconds.longest.count) == .longest)
    #expect(Milliseconds(Milliseconds.longest.count + 1) == nil)
  }

  @Test(arguments: ["a", "alice/laptop ssh 0123456789abcdef", "A-Z_z:0@.", String(repeating: "x", count: 127)])
  func commentAccepted(_ text: String) { #expect(ElementComment(text)?.description == text) }

  @Test(arguments: ["", "\u{1b}[31m", "a\"b", "a\nb", "\u{e4}", "a\0b", String(repeating: "x", count: 128)])
  func commentRefused(_ text: String) { #expect(ElementComment(text) == nil) }
}
