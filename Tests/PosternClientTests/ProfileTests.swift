// SPDX-License-Identifier: Apache-2.0
import PosternClient
import PosternKnock
import PosternWire
import Testing

@Suite struct ProfileTests {
  static let key = Base64.encode(Array(repeating: 0x11, count: 32))
  static let minimal = "gateway-key = \(key)\nprivate-key = file:me.key\npsk = none\n"

  static func profile(_ text: String) throws(ProfileProblem) -> Profile { try Profile(text: text, file: "/p/gate") }

  static func problem(_ text: String) -> String {
    do throws(ProfileProblem) {
      _ = try profile(text)
      return "none"
    } catch {
      return error.description
    }
  }

  @Test func defaults() throws {
    let profile = try Self.profile(Self.minimal)
    #expect(profile.gateways == [])
    #expect(profile.carrier == .udp && profile.port.number == 62_201 && profile.synPort.number == 443)
    #expect(profile.privateKey == .file("/p/me.key"))
    #expect(profile.presharedKey == .zeros)
    #expect(profile.admission == .zeros)
    #expect(profile.door == nil && profile.lease == nil)
    #expect(profile.ipv4 == .automatic && profile.ipv6 == .automatic)
    #expect(!profile.holdsSecret)
  }

  @Test func everything() throws {
    let profile = try Self.profile(
      """
      # the office
      gateway = gw.example.org, 192.0.2.1,2001:db8::1   # both ways
      port = 443
      carrier = tcp-syn
      syn-port = 22
      gateway-key=\(Self.key)
      admission = \(Self.key)
      private-key = file:/keys/me#1
      psk = file:sub/psk
      \tdoor = ssh
      lease = 5m
      ipv4 = 198.51.100.7
      ipv6 = source\r
      """)
    #expect(profile.gateways == ["gw.example.org", "192.0.2.1", "2001:db8::1"])
    #expect(profile.port.number == 443 && profile.carrier == .tcpSyn && profile.synPort.number == 22)
    #expect(profile.port(of: .udp) == profile.port && profile.port(of: .tcpSyn) == profile.synPort)
    #expect(profile.admission == .inline(try #require(Bytes32(Array(repeating: 0x11, count: 32)))))
    #expect(profile.privateKey == .file("/keys/me#1"))
    #expect(profile.presharedKey == .file("/p/sub/psk"))
    #expect(profile.door?.description == "ssh")
    #expect(profile.lease == 300)
    #expect(profile.ipv4 == .named(try #require(IPv4Address("198.51.100.7"))))
    #expect(profile.ipv6 == .packetSource)
    #expect(profile.holdsSecret)
  }

  /// What `posternctl user add` prints is all that a device needs, so all of it may stand in one file.
  @Test(arguments: ["private-key", "psk"])
  func secretsInTheProfile(_ name: String) throws {
    let text = Self.minimal.split(separator: "\n").map { $0.hasPrefix(name) ? "\(name) = \(Self.key)" : String($0) }
    let profile = try Self.profile(text.joined(separator: "\n"))
    let secret = SecretReference.inline(try #require(Bytes32(Array(repeating: 0x11, count: 32))))
    #expect((name == "psk" ? profile.presharedKey : profile.privateKey) == secret)
    #expect(profile.holdsSecret && !"\(profile)".contains("1111"))
  }

  static let errors: [(name: String, text: String, message: String)] = [
    ("unknown key", "gatway = a\n", "/p/gate:1: unknown key; did you mean `gateway`?"),
    ("far key", "\nzzzzzz = a\n", "/p/gate:2: unknown key"),
    ("case", "GATEWAY-KEY = a\n", "/p/gate:1: unknown key"),
    ("no equals", "# x\n\ndoor ssh\n", "/p/gate:3: expected `key = value`"),
    ("duplicate", minimal + "psk = none\n", "/p/gate:4: psk stands in line 3 already"),
    ("bad port", minimal + "port = 0\n", "/p/gate:4: port must be a port"),
    ("signed port", minimal + "port = +22\n", "/p/gate:4: port must be a port"),
    ("bad SYN port", minimal + "syn-port = 65536\n", "/p/gate:4: syn-port must be a port"),
    ("bad carrier", minimal + "carrier = tcp\n", "/p/gate:4: carrier must be one of udp, tcp-syn, icmp"),
    ("bad door", minimal + "door = SSH\n", "/p/gate:4: door must be the name of a door"),
    ("bad lease", minimal + "lease = 30\n", "/p/gate:4: lease must be a time like 30s, 5m or 1h"),
    ("bad ipv4", minimal + "ipv4 = ::1\n", "/p/gate:4: ipv4 must be an IPv4 address, auto, source or none"),
    ("bad ipv6", minimal + "ipv6 = 1.2.3.4\n", "/p/gate:4: ipv6 must be an IPv6 address, auto, source or none"),
    ("bad host", minimal + "gateway = a,,b\n", "/p/gate:4: gateway must be host names or addresses with commas between"),
    ("option as host", minimal + "gateway = -v\n", "/p/gate:4: gateway must be host names or addresses with commas between"),
    ("short key", "gateway-key = AAAA\n", "/p/gate:1: gateway-key must be the gateway's public key, 32 bytes in base64"),
    (
      "short private key", "gateway-key = \(key)\nprivate-key = AAAA\n",
      "/p/gate:2: private-key must be file:PATH, or 32 bytes in base64"
    ),
    (
      "psk in words", "gateway-key = \(key)\nprivate-key = file:a\npsk = zeros\n",
      "/p/gate:3: psk must be file:PATH, 32 bytes in base64, or none"
    ),
    (
      "empty path", "gateway-key = \(key)\nprivate-key = file:\n",
      "/p/gate:2: private-key must be file:PATH, or 32 bytes in base64"
    ),
    ("nothing", "", "/p/gate:1: gateway-key is missing: the gateway's public key, 32 bytes in base64"),
    ("no psk", "gateway-key = \(key)\nprivate-key = file:a", "/p/gate:2: psk is missing: file:PATH, 32 bytes in base64, or none"),
  ]

  @Test(arguments: errors.indices)
  func refused(_ index: Int) {
    let row = Self.errors[index]
    #expect(Self.problem(row.text) == row.message, "\(row.name)")
  }

  @Test func secretsShowInNoDescription() throws {
    let profile = try Self.profile(Self.minimal + "admission = \(Self.key)\n")
    #expect("\(profile)".contains("in the profile"))
    #expect(!"\(profile.admission)".contains("1111") && !String(reflecting: profile.admission).contains("1229782938247303441"))
    #expect(!Self.problem(Self.minimal + "admission = \(Self.key)AAAA\n").contains("ERER"))
  }
}
