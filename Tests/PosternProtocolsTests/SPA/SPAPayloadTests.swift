// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPAPayloadTests {
  /// A payload that differs from a valid one in one point.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let changes: [Int: UInt8]
    var testDescription: String { name }

    init(_ name: String, _ changes: [Int: UInt8]) {
      self.name = name
      self.changes = changes
    }

    /// An open, IPv4 mode 1 with port, IPv6 mode 0, no code.
    var bytes: [UInt8] {
      var bytes = SPAPayload(
        action: .open, door: nil, ipv4: .named(IPv4Address(0xc000_0207), port: Port(1234)), ipv6: .none, wishedLease: 30,
        stamp: SPAFixture.now, totp: nil
      ).encoded
      for (offset, byte) in changes { bytes[offset] = byte }
      return bytes
    }
  }

  static let v4Zeroed: [Int: UInt8] = [24: 0, 25: 0, 26: 0, 27: 0]
  static let port4Zeroed: [Int: UInt8] = [44: 0, 45: 0]
  static let nothingNamed = v4Zeroed.merging(port4Zeroed) { $1 }.merging([3: 0]) { $1 }

  static let flagBits = (5..<16).map { (bit: Int) -> Case in
    let change: [Int: UInt8] = bit < 8 ? [3: UInt8(1 | 1 << bit)] : [2: UInt8(1 << (bit - 8))]
    return Case("flag bit \(bit)", change)
  }
  static let zeros = (52..<64).map { (offset: Int) -> Case in Case("byte \(offset)", [offset: 1]) }

  static let fields: [Case] =
    [
      Case("layout 0", [0: 0]), Case("layout 2", [0: 2]), Case("type 0", [1: 0]), Case("type 3", [1: 3]),
      Case("type 255", [1: 255]),
      Case("open with both modes 0", nothingNamed),
      Case("IPv4 mode 0 with address", [3: 0, 44: 0, 45: 0]),
      Case("IPv4 mode 0 with port", v4Zeroed.merging([3: 4, 45: 1]) { $1 }),
      Case("IPv4 mode 2 with address", [3: 2]), Case("IPv6 mode 0 with address", [43: 1]), Case("IPv6 mode 0 with port", [47: 1]),
      Case("IPv6 mode 2 with address", [3: 9, 28: 0x20]), Case("code without bit 4", [51: 1]),
      Case("code of seven digits", [3: 17, 49: 0x0f, 50: 0x42, 51: 0x40]), Case("code of 2^31", [3: 17, 48: 0x80]),
      Case("close with unused address", nothingNamed.merging([1: 2, 24: 10]) { $1 }),
    ]
  static let refused = fields + flagBits + zeros

  static let accepted = [
    Case("as it is", [:]), Case("longest lease", [4: 255, 5: 255, 6: 255, 7: 255]),
    Case("largest code", [3: 17, 49: 0x0f, 50: 0x42, 51: 0x3f]),
    Case("code zero", [3: 17]), Case("IPv4 mode 2 with port", v4Zeroed.merging([3: 2]) { $1 }), Case("IPv4 mode 3", [3: 3]),
    Case("IPv4 mode 1, unspecified", v4Zeroed), Case("IPv6 mode 2 with port", [3: 9, 47: 1]),
    Case("IPv6 mode 1", [3: 5, 28: 0x20]),
    Case("close", [1: 2]), Case("close of everything", nothingNamed.merging([1: 2]) { $1 }),
  ]

  @Test(arguments: refused) func refusedAlone(_ test: Case) { #expect(test.bytes.withBytes { SPAPayload($0) } == nil) }

  @Test(arguments: accepted) func roundTrip(_ test: Case) {
    #expect(test.bytes.withBytes { SPAPayload($0)?.encoded } == test.bytes)
  }

  @Test(arguments: refused) func refusedInsideAPacket(_ test: Case) throws {
    let reading = try reading(test)
    #expect(reading == .refusedKnown(.malformedPayload, KeyIndex(2)))
  }

  @Test(arguments: accepted) func acceptedInsideAPacket(_ test: Case) throws {
    let reading = try reading(test)
    #expect(reading.isKnock)
  }

  @Test(arguments: SPAVector.files) func vectors(_ file: String) throws {
    for vector in try SPAVector.load(file) {
      let payload = try #require(vector.payload.bytes.withBytes { SPAPayload($0) })
      #expect(payload.encoded == vector.payload.bytes)
      #expect(payload.stamp == vector.stamp)
    }
  }

  @Test(arguments: [0, 63, 65]) func otherLengths(_ count: Int) {
    #expect(Array((Case("", [:]).bytes + [0]).prefix(count)).withBytes { SPAPayload($0) } == nil)
  }

  private func reading(_ test: Case) throws -> Reading {
    let fixture = SPAFixture()
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder(client: 2)
    let hint = encoder.hint(at: SPAFixture.now)
    return decoder.read(try encoder.seal(test.bytes, hint: hint, ephemeral: SPAFixture.key(1)))
  }
}
