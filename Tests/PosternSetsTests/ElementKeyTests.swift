// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternTables
import PosternWire
import Testing

@Suite struct ElementKeyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var source: String
    var service: String
    var destination: String?
    var fields: [KeyField]
    var prefix: UInt8?
    var hex: String

    var testDescription: String { "\(source) \(service) as \(fields)" }

    init(
      _ source: String, _ service: String, to destination: String? = nil, _ fields: [KeyField], prefix: UInt8? = nil,
      _ hex: String
    ) {
      self.source = source
      self.service = service
      self.destination = destination
      self.fields = fields
      self.prefix = prefix
      self.hex = hex
    }

    func layout() throws -> SetLayout {
      let family = try #require(IPAddress(source)).family
      return try #require(SetLayout(family, fields, prefix: prefix))
    }
  }

  static let cases: [Case] = [
    Case("192.0.2.1", "tcp/22", [.sourceAddress, .transport, .port], "c0000201" + "06000000" + "00160000"),
    Case("255.255.255.255", "udp/65535", [.sourceAddress, .transport, .port], "ffffffff" + "11000000" + "ffff0000"),
    Case(
      "2001:db8::1", "udp/51820", [.sourceAddress, .transport, .port],
      "20010db8000000000000000000000001" + "11000000" + "ca6c0000"),
    Case("192.0.2.1", "tcp/22", [.sourceAddress], "c0000201"),
    Case("2001:db8::1", "esp", [.sourceAddress], "20010db8000000000000000000000001"),
    Case("192.0.2.1", "sctp/22", [.port, .transport, .sourceAddress], "00160000" + "84000000" + "c0000201"),
    Case("192.0.2.1", "tcp/8000-8010", [.transport, .sourceAddress], "06000000" + "c0000201"),
    Case("192.0.2.1", "tcp/22", to: "10.0.0.5", [.sourceAddress, .destinationAddress], "c0000201" + "0a000005"),
    Case(
      "192.0.2.1", "tcp/22", to: "10.0.0.5", [.destinationAddress, .port, .sourceAddress, .transport],
      "0a000005" + "00160000" + "c0000201" + "06000000"),
    Case("192.0.2.129", "tcp/22", [.sourceAddress, .port], prefix: 25, "c0000280" + "00160000"),
    Case("2001:db8:1:2:3::4", "tcp/22", [.sourceAddress], prefix: 64, "20010db8000100020000000000000000"),
  ]

  @Test(arguments: cases)
  func bytesAndBack(_ each: Case) throws {
    let layout = try each.layout()
    let key = try key(each.source, each.service, to: each.destination, layout: layout)
    #expect(Hex.encode(key.bytes) == each.hex && key.bytes.count == ElementKey.length(layout))
    let parts = try #require(ElementKey(bytes: key.bytes)?.parts(layout))
    #expect(ElementKey(parts, layout) == key)
    let source = try #require(IPAddress(each.source))
    #expect(parts.source == AddressPrefix(around: source, length: layout.prefix))
    #expect(parts.destination?.description == each.destination)
    let service = try #require(Service(each.service))
    #expect(parts.transport == (each.fields.contains(.transport) ? service.transport : nil))
    #expect(parts.port == (each.fields.contains(.port) ? service.port : nil))
  }

  /// No key is read under a layout that it does not have.
  @Test(arguments: cases)
  func partsOfAnotherLayoutMakeNoKey(_ each: Case) throws {
    let own = try each.layout()
    let key = try key(each.source, each.service, to: each.destination, layout: own)
    let parts = try #require(key.parts(own))
    for fields in [
      [.sourceAddress], [.sourceAddress, .port], [.sourceAddress, .transport], [.sourceAddress, .transport, .port],
    ]
      as [[KeyField]] where Set(fields) != Set(each.fields)
    {
      let layout = try #require(SetLayout(own.family, fields, prefix: each.prefix))
      #expect(ElementKey(parts, layout) == nil)
    }
    let narrower = try #require(SetLayout(own.family, each.fields, prefix: 17))
    let other = try #require(SetLayout(own.family == .ipv4 ? .ipv6 : .ipv4, each.fields))
    #expect(ElementKey(parts, narrower) == nil && ElementKey(parts, other) == nil)
  }

  @Test(arguments: [
    "c0000201", "c0000201060000000016", "c000020106000000001600000000", "c0000201" + "06010000" + "00160000",
    "c0000201" + "06000001" + "00160000", "c0000201" + "06000000" + "00160001", "c0000201" + "06000000" + "00000000",
    "c0000201" + "63000000" + "00160000", "20010db8000000000000000000000001" + "11000000" + "ca6c0000",
  ])
  func notADoorsKey(_ hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(ElementKey(bytes: bytes)?.parts(.standard(.ipv4)) == nil)
  }

  /// What somebody else put into a set of networks.
  @Test func bitsBeyondThePrefixAreNotOurs() throws {
    let key = try key("192.0.2.129", "tcp/22", layout: .plain(.ipv4))
    #expect(key.parts(.plain(.ipv4, prefix: 25)) == nil && key.parts(.plain(.ipv4))?.description == "192.0.2.129")
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
