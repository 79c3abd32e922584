// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct FwknopReaderTests {
  private static let client = IPv4Address(0xc633_6407)

  private static func builder(_ version: AddressFamily = .ipv4) throws -> PacketBuilder {
    let (from, to) = version == .ipv4 ? ("198.51.100.7", "203.0.113.1") : ("2001:db8::7", "2001:db8::1")
    let (source, target) = (try #require(IPAddress(from)), try #require(IPAddress(to)))
    return try #require(PacketBuilder(from: source, to: target))
  }

  /// The packets that the real client put on the wire.
  @Test func capturedPackets() throws {
    let captured = try FwknopVector.load("positive").filter { $0.ipPacketHex != nil }
    #expect(captured.count == 11)
    for vector in captured {
      var reader = try FwknopReader([Registered(KeyIndex(0), vector.credential())], now: FwknopVector.now)
      let packet = try #require(vector.ipPacketHex).bytes
      let reading = try reader.read(packet: packet, at: FwknopVector.now)
      switch vector.id {
      // A caller-set agent needs the key's leave; what is said to a proxy is not for the gateway.
      case "fwk-p-058": #expect(reading == .refusedKnown(.wrongTransport, KeyIndex(0)))
      case "fwk-p-059": #expect(reading.fwknop == nil)
      default: #expect(reading.fwknop != nil, "\(vector.id): \(reading)")
      }
    }
  }

  @Test func anyAgent() throws {
    let vector = try #require(FwknopVector.load("positive").first { $0.id == "fwk-p-058" })
    var credential = try vector.credential()
    credential.allowsAnyAgent = true
    var reader = try FwknopReader([Registered(KeyIndex(0), credential)], now: FwknopVector.now)
    let packet = try #require(vector.ipPacketHex).bytes
    #expect(try reader.read(packet: packet).fwknop != nil)
  }

  struct Carrier: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let opens: Bool
    let packet: @Sendable (PacketBuilder, [UInt8]) -> [UInt8]

    init(_ name: String, opens: Bool = true, _ packet: @escaping @Sendable (PacketBuilder, [UInt8]) -> [UInt8]) {
      testDescription = name
      self.opens = opens
      self.packet = packet
    }
  }

  private static let agent = "User-Agent: Fwknop/2.6.10\r\n\r\n"

  static let carriers = [
    Carrier("UDP") { $0.udp(from: 40_000, to: 62_201, payload: $1) },
    Carrier("UDP to another port") { $0.udp(from: 1, to: 9, payload: $1) },
    Carrier("SYN") { $0.tcp(from: 1, to: 22, flags: .syn, payload: $1) },
    Carrier("SYN with congestion flags") { $0.tcp(from: 1, to: 22, flags: [.syn, .ece, .cwr], payload: $1) },
    Carrier("data") { $0.tcp(from: 1, to: 22, flags: [.psh, .ack], payload: $1) },
    Carrier("data and the end") { $0.tcp(from: 1, to: 22, flags: [.fin, .psh, .ack], payload: $1) },
    Carrier("echo request") { $0.echoRequest(identifier: 1, sequence: 1, payload: $1) },
    Carrier("SYN and ACK", opens: false) { $0.tcp(from: 1, to: 22, flags: [.syn, .ack], payload: $1) },
    Carrier("reset", opens: false) { $0.tcp(from: 1, to: 22, flags: [.rst, .ack], payload: $1) },
    Carrier("no flags", opens: false) { $0.tcp(from: 1, to: 22, flags: [], payload: $1) },
    Carrier("port unreachable", opens: false) { $0.icmp(type: 3, code: 3, payload: $1) },
    Carrier("HTTP") { $0.tcp(from: 1, to: 80, flags: [.psh, .ack], payload: FwknopEncoder.httpRequest($1, host: "gw")) },
    Carrier("HTTP, lower case") {
      $0.tcp(
        from: 1, to: 80, flags: [.psh, .ack], payload: Array("get /".utf8) + url($1) + Array((" HTTP/1.0\r\n" + agent).utf8))
    },
    Carrier("HTTP in a datagram", opens: false) { $0.udp(from: 1, to: 80, payload: FwknopEncoder.httpRequest($1, host: "gw")) },
    Carrier("HTTP in the other alphabet", opens: false) {
      $0.tcp(from: 1, to: 80, flags: [.psh, .ack], payload: Array("GET /".utf8) + $1 + Array((" HTTP/1.0\r\n" + agent).utf8))
    },
    Carrier("HTTP by another", opens: false) {
      $0.tcp(from: 1, to: 80, flags: [.psh, .ack], payload: FwknopEncoder.httpRequest($1, host: "gw", agent: "Wget/1.21"))
    },
    Carrier("HTTP without an end", opens: false) {
      $0.tcp(from: 1, to: 80, flags: [.psh, .ack], payload: Array("GET /".utf8) + url($1))
    },
    Carrier("POST", opens: false) {
      $0.tcp(
        from: 1, to: 80, flags: [.psh, .ack], payload: Array("POST /".utf8) + url($1) + Array((" HTTP/1.0\r\n" + agent).utf8))
    },
  ]

  private static func url(_ text: [UInt8]) -> [UInt8] {
    text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
  }

  @Test(arguments: carriers, AddressFamily.allCases) func carrier(_ carrier: Carrier, _ family: AddressFamily) throws {
    let credential = FwknopFixture.credential()
    var reader = try FwknopFixture.reader([credential])
    let text = try FwknopFixture.text(credential, FwknopFixture.message())
    #expect(text.contains(UInt8(ascii: "+")) || text.contains(UInt8(ascii: "/")), "both alphabets would do")
    let packet = carrier.packet(try Self.builder(family), text)
    let reading = try reader.read(packet: packet)
    #expect((reading.fwknop != nil) == carrier.opens, "\(reading)")
    let plain = try Self.builder(family).udp(from: 1, to: 1, payload: text)
    if !carrier.opens, case .refused = reading { #expect(try reader.read(packet: plain).fwknop != nil) }
  }

  /// The client's own choice, and the types of the other family, which are other messages there.
  @Test func echoReplies() throws {
    let credential = FwknopFixture.credential()
    let text = try FwknopFixture.text(credential, FwknopFixture.message())
    for (family, types) in [(AddressFamily.ipv4, [0, 8]), (.ipv6, [128, 129])] as [(AddressFamily, [UInt8])] {
      for type in [0, 3, 8, 13, 128, 129, 135] as [UInt8] {
        for code in [0, 1] as [UInt8] {
          var reader = try FwknopFixture.reader([credential])
          let reading = try reader.read(packet: Self.builder(family).icmp(type: type, code: code, payload: text))
          #expect((reading.fwknop != nil) == types.contains(type), "\(family) \(type)")
          #expect(types.contains(type) || reading == .refused(.wrongTransport))
        }
      }
    }
  }

  /// The raw forms make none; a wrong one is refused as ever.
  @Test func checksums() throws {
    let credential = FwknopFixture.credential()
    let text = try FwknopFixture.text(credential, FwknopFixture.message())
    var syn = try Self.builder().tcp(from: 1, to: 22, flags: .syn, payload: text)
    var datagram = try Self.builder().udp(from: 1, to: 22, payload: text)
    (syn[36], syn[37]) = (0, 0)
    (datagram[26], datagram[27]) = (0, 0)
    for packet in [syn, datagram] {
      var reader = try FwknopFixture.reader([credential])
      #expect(try reader.read(packet: packet).fwknop != nil)
    }
    (syn[36], syn[37]) = (0x12, 0x34)
    (datagram[26], datagram[27]) = (0x12, 0x34)
    for packet in [syn, datagram] {
      var reader = try FwknopFixture.reader([credential])
      #expect(throws: PacketFlaw.checksum) { try reader.read(packet: packet) }
    }
  }

  // MARK: What is asked for

  struct Wish: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: FwknopKind
    var services = ["tcp/2222"]
    var target: (String, UInt16)?
    var timeout: UInt32 = 0
    let wish: Knock.Wish
  }

  private static let web = Service("tcp/2222")
  private static let inner = IPAddress("10.0.0.5")

  static var wishes: [Wish] {
    guard let web, let inner, let port = Port(22), let dns = Service("udp/53") else { return [] }
    return [
      Wish(
        testDescription: "services", kind: .access, services: ["tcp/2222", "udp/53", "tcp/2222"], wish: .services([web, dns])),
      Wish(testDescription: "timeout", kind: .accessWithTimeout, timeout: 90, wish: .services([web])),
      Wish(testDescription: "no timeout", kind: .accessWithTimeout, timeout: 0, wish: .services([web])),
      Wish(
        testDescription: "NAT", kind: .natAccess, services: ["tcp/2222", "udp/53"], target: ("10.0.0.5", 22),
        wish: .forward(web, to: .service(inner, port))),
      Wish(
        testDescription: "NAT, timeout", kind: .natAccessWithTimeout, target: ("10.0.0.5", 22), timeout: 65_536,
        wish: .forward(web, to: .service(inner, port))),
      Wish(
        testDescription: "NAT to a name", kind: .natAccess, target: ("inner.example", 22), wish: .services([])),
      Wish(
        testDescription: "local NAT", kind: .localNATAccess, target: ("gateway.example", 22), wish: .forward(web, to: .port(port))
      ),
      Wish(
        testDescription: "local NAT, timeout", kind: .localNATAccessWithTimeout, target: ("127.0.0.1", 22), timeout: 1,
        wish: .forward(web, to: .port(port))),
      Wish(testDescription: "command", kind: .command, wish: .command(Array("id".utf8))),
    ]
  }

  @Test func everyKindHasACase() { #expect(Set(Self.wishes.map(\.kind)) == Set(FwknopKind.allCases)) }

  @Test(arguments: wishes) func wish(_ test: Wish) throws {
    let credential = FwknopFixture.credential()
    var reader = try FwknopFixture.reader([credential])
    let message = try FwknopFixture.message(test.kind, services: test.services, target: test.target, timeout: test.timeout)
    let packet = try Self.builder().udp(from: 1, to: 1, payload: try FwknopFixture.text(credential, message))
    let knock = try #require(reader.read(packet: packet).fwknop)
    #expect(knock.wish == test.wish)
    #expect(knock.wishedLease == test.timeout)
    #expect(knock.action == .open && knock.knockProtocol == .fwknop && knock.key == KeyIndex(0))
    #expect(knock.stamp == FwknopFixture.now)
    #expect(knock.strength == .authenticated)
  }

  @Test(arguments: [
    ("named, IPv4", AddressFamily.ipv4, "192.0.2.7"), ("named, over IPv6", .ipv6, "192.0.2.7"),
    ("source, IPv4", .ipv4, "0.0.0.0"),
    ("source, IPv6", .ipv6, "0.0.0.0"),
  ])
  func addresses(_ name: String, _ family: AddressFamily, _ address: String) throws {
    let credential = FwknopFixture.credential()
    var reader = try FwknopFixture.reader([credential])
    let text = try FwknopFixture.text(credential, FwknopFixture.message(address: address))
    let packet = try Self.builder(family).udp(from: 1, to: 1, payload: text)
    let knock = try #require(reader.read(packet: packet).fwknop)
    let named = try #require(IPv4Address(address))
    switch (named, family) {
    case (.zero, .ipv4): #expect(knock.ipv4 == .packetSource(port: nil) && knock.ipv6 == .none)
    case (.zero, .ipv6): #expect(knock.ipv4 == .none && knock.ipv6 == .packetSource(port: nil))
    default: #expect(knock.ipv4 == .named(named, port: nil) && knock.ipv6 == .none)
    }
  }
}
