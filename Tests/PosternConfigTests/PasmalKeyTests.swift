// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Keys of pasmal: the opener, the screen, the datagram with a one-time password.
@Suite struct PasmalKeyTests {
  private static let opener = "protocol = \"pasmal\"\nopener = [\"tcp/7000\"]\n"
  private static let screen = "screen = \"alice-laptop.psk\"\n"

  private func key(_ fields: String) throws -> GateTables.ClientKey {
    let tables = try Samples.configuration(Samples.oneKeyOfPackets + fields).compiled(with: Samples.world())
    return try #require(tables.gate.keys.first)
  }

  @Test func everythingOfIt() throws {
    let key = try key(
      """
      protocol = "pasmal"
      opener = ["tcp/7000", "tcp/7001 fin !ack", "udp/8000", "echo", "echo id 7 seq 1 length 56"]
      screen = "alice-laptop.psk"
      screen-base = 40000
      screen-span = 2048
      screen-packets = 128
      screen-real = 32
      password-port = 9000
      totp = "next.key"
      timeout = "1m"
      """)
    let flags = try #require(TCPFlagTest(set: [.fin], clear: [.ack]))
    let opener: [PasmalCredential.Step] = [
      .tcp(try #require(Port(7000)), .syn), .tcp(try #require(Port(7001)), flags), .udp(try #require(Port(8000))),
      .echo(identifier: nil, sequence: nil, length: nil), .echo(identifier: 7, sequence: 1, length: 56),
    ]
    #expect(
      key.credential
        == .pasmal(
          .init(
            opener: opener,
            screen: .init(secret: Samples.filled(0xC0), base: 40_000, span: 2048, packets: 128, real: 32),
            passwordPort: Port(9000), timeout: .seconds(60))))
    #expect(
      key.limits == KeyLimits(secondFactor: .totp(.init(secret: Samples.filled(0xA1), hash: .sha1, digits: 6)), remembers: true))
  }

  @Test func whatIsNotSaid() throws {
    let key = try key(Self.opener + Self.screen)
    #expect(
      key.credential
        == .pasmal(
          .init(
            opener: [.tcp(try #require(Port(7000)), .syn)],
            screen: .init(secret: Samples.filled(0xC0), base: 32_768, span: 1024, packets: 64, real: 8), passwordPort: nil,
            timeout: .seconds(30))))
    #expect(key.limits == KeyLimits(remembers: true))
  }

  @Test(arguments: [
    ("protocol = \"pasmal\"\n", "missing key \"opener\""),
    ("protocol = \"pasmal\"\nopener = [\"sctp/7\"]\n", "must hold a step like \"tcp/7000\""),
    (opener + "screen-real = 8\n", "the parts of a screen are of no use without \"screen\""),
    (opener + screen + "screen-packets = 16\nscreen-real = 9\n", "such a screen cannot be"),
    (opener + screen + "screen-base = 65000\n", "such a screen cannot be"),
    (opener + screen + "screen-base = 6500\n", "must lie outside of the screen"),
    (opener + screen + "password-port = 32768\nchain = \"\(Samples.key1)\"\n", "must lie outside of the screen"),
    (opener + "screen = \"zero.psk\"\n", "\"zero.psk\" holds no secret"),
    (opener + "screen = \"none\"\n", "cannot read \"none\": no such file"),
    (opener + screen + "password-port = 9000\n", "\"password-port\" needs one of \"chain\", \"totp\", \"hotp\""),
    (opener + screen + "totp = \"next.key\"\n", "one-time passwords need a \"password-port\""),
    (opener + "password-port = 9000\ntotp = \"next.key\"\n", "codes need a \"screen\" before them"),
  ])
  func complaints(_ fields: String, _ words: String) {
    let errors = Samples.compileErrors(Samples.oneKeyOfPackets + fields)
    #expect(errors.contains(words), "\(errors)")
  }
}
