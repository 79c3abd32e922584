// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct TumblerReaderTests {
  struct Definition: Decodable, Sendable {
    let id: String
    let time: String
    let source: String
    let secret: String
    let hashedText: String
    let payload: String

    var moment: Timestamp { get throws { try #require(Timestamp(rfc3339: time.dropLast() + ":00Z")) } }
  }

  static let now = Timestamp(seconds: 1_800_000_000)

  static func door(
    _ secret: String = "open-pAsSwOrD", user: String? = nil, time: TimePattern = .standard, separator: String = ",",
    at port: UInt16 = 8675
  ) throws -> TumblerCredential {
    TumblerCredential(
      port: try #require(Port(port)), secret: Array(secret.utf8), user: user, time: time, separator: separator)
  }

  private func reader(_ doors: [TumblerCredential], at now: Timestamp = now) throws -> TumblerReader {
    try TumblerReader(doors.enumerated().map { Registered(KeyIndex($0), $1) }, now: now)
  }

  private func read(_ packet: [UInt8], _ reader: inout TumblerReader, at now: Timestamp = now) throws -> Reading {
    try packet.withBytes { packet throws -> Reading in reader.read(try PacketView(packet), at: now) }
  }

  private func datagram(_ door: TumblerCredential, from source: String = Packets.client, at moment: Timestamp = now) throws
    -> [UInt8]
  {
    TumblerEncoder.datagram(door, from: try #require(IPAddress(source)), at: moment)
  }

  @Test func definition() throws {
    let definitions = try LegacyCases.load("tumbler/definition.json", as: Definition.self)
    #expect(definitions.count == 4)
    for definition in definitions {
      let door = try Self.door(definition.secret)
      #expect(definition.hashedText == door.time.text(at: try definition.moment) + ",\(definition.source),\(definition.secret)")
      #expect(SHA256.hash(Array(definition.hashedText.utf8)).array == Hex.decode(definition.payload.dropFirst(10)))
      #expect(try datagram(door, from: definition.source, at: definition.moment) == Array(definition.payload.utf8))
      var reader = try reader([try Self.door("another"), door], at: definition.moment)
      let packet = try Packets.udp(Array(definition.payload.utf8), to: 8675, from: definition.source)
      let knock = try read(packet, &reader, at: definition.moment).knock
      #expect(try knock?.key == KeyIndex(1) && knock?.stamp == definition.moment, "\(definition.id)")
    }
  }

  @Test func aKnockNamesTheAddressThatItsHashCovers() throws {
    let door = try Self.door()
    var reader = try reader([door])
    let knock = try #require(try read(try Packets.udp(try datagram(door), to: 8675), &reader).knock)
    #expect(knock.ipv4 == .named(IPv4Address(0xc000_0207), port: nil) && knock.ipv6 == .none && knock.wish == .door(nil))
    #expect(knock.strength == .keyed && knock.knockProtocol == .tumbler)
    let six = try #require(
      try read(try Packets.udp(try datagram(door, from: "2001:db8::7"), to: 8675, from: "2001:db8::7"), &reader).knock)
    #expect(six.ipv6 == .named(IPv6Address(high: 0x2001_0db8 << 32, low: 7), port: nil) && six.ipv4 == .none)
    #expect(try read(try Packets.udp(try datagram(door), to: 8675, from: "192.0.2.8"), &reader) == .refused(.wrongTag))
  }

  @Test(arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false)])
  func aMinuteEitherWay(_ minutes: Int64, _ counts: Bool) throws {
    let door = try Self.door()
    for second in [Int64(0), 59] {
      var reader = try reader([door])
      let now = TumblerReaderTests.now + .seconds(second)
      let made = TumblerReaderTests.now + .seconds(60 * minutes + 30)
      let reading = try read(try Packets.udp(try datagram(door, at: made), to: 8675), &reader, at: now)
      #expect((reading.knock != nil) == counts)
      guard let knock = reading.knock else { continue }
      let window = try #require(KnockProtocol.tumbler.window)
      #expect(knock.stamp - now >= -window.past && knock.stamp - now <= window.future)
    }
  }

  /// Both versions, and each secret under its own time text and separator.
  @Test func doorsAreToldApart() throws {
    let perl = try #require(TimePattern("%a %b %e %H:%M:00 %Y"))
    let doors = [
      try Self.door(), try Self.door(user: "alice"), try Self.door(user: "bob"), try Self.door(separator: ""),
      try Self.door(time: perl, separator: "\t"), try Self.door("close-pAsSwOrD"),
    ]
    var reader = try reader(doors)
    for (place, door) in doors.enumerated() {
      #expect(try read(try Packets.udp(try datagram(door), to: 8675), &reader).knock?.key == KeyIndex(place))
    }
    #expect(try datagram(doors[1]).starts(with: Array("TUMBLER2: ".utf8)))
  }

  @Test func theUserComesLast() throws {
    let door = try Self.door(user: "alice")
    let text = door.time.text(at: Self.now) + ",192.0.2.7,open-pAsSwOrD,alice"
    #expect(try datagram(door) == Array(("TUMBLER2: " + Hex.encode(SHA256.hash(Array(text.utf8)).array)).utf8))
  }

  @Test func theMinuteGoesOnWhileTheReaderStands() throws {
    let door = try Self.door()
    var reader = try reader([door])
    for hour in 0..<3 {
      let now = Self.now + .seconds(Int64(hour) * 3600)
      #expect(try read(try Packets.udp(try datagram(door, at: now), to: 8675), &reader, at: now).knock != nil)
    }
  }

  @Test func everyTruncationAndFlippedBitIsRefused() throws {
    let door = try Self.door()
    var reader = try reader([door])
    let datagram = try datagram(door)
    for count in 0..<datagram.count {
      #expect(try read(try Packets.udp(Array(datagram.prefix(count)), to: 8675), &reader) == .refused(.wrongLength))
    }
    #expect(try read(try Packets.udp(datagram + [10], to: 8675), &reader) == .refused(.wrongLength))
    for bit in 0..<datagram.count * 8 {
      let reading = try read(try Packets.udp(Packets.flipped(datagram, bit), to: 8675), &reader)
      #expect(reading == .refused(.wrongTag), "bit \(bit)")
    }
    #expect(try read(try Packets.udp(datagram, to: 8675), &reader).knock != nil)
  }

  @Test func otherPortsAndCarriersAreNotRead() throws {
    let door = try Self.door()
    var reader = try reader([door])
    let datagram = try datagram(door)
    #expect(try read(try Packets.udp(datagram, to: 8676), &reader) == .refused(.wrongTransport))
    let syn = try Packets.builder().tcp(from: 1, to: 8675, flags: .syn, payload: datagram)
    #expect(try read(syn, &reader) == .refused(.wrongTransport))
    #expect(try read(try Packets.udp(datagram, to: 8675), &reader).knock != nil)
  }

  @Test func knocksOfTwoMinutesAreTwo() throws {
    let door = try Self.door()
    var reader = try reader([door])
    let ids = try [Self.now, Self.now + .seconds(60)].map { moment in
      try #require(try read(try Packets.udp(try datagram(door, at: moment), to: 8675), &reader).knock).id
    }
    #expect(Set(ids).count == 2)
  }
}
