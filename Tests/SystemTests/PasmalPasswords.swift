// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Glibc
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// A key of alice's whose knocks are one SYN and a one-time password, for a door that keyed knocks may open.
enum PasmalPasswords {
  static let chain = PasswordChain.make(from: Bytes32(Array(40..<72)) ?? .zero, count: 20)

  /// The lines of the configuration, the door's behind the key's.
  static let key = """
    [users.alice.keys.chain]
    protocol = "pasmal"
    opener = ["tcp/7000"]
    password-port = 7002
    chain = "\(Base64.encode(chain.anchor.array))"
    door = "side"
    [doors.side]
    ports = ["tcp/22"]
    weakest = "keyed"
    allow-weak = "an observer can repeat these knocks"
    packet-source = true
    """

  /// The knock with a password, right or wrong.
  static func steps(_ password: Bytes32) throws -> [KnockStep] {
    let (opener, port) = (try #require(Port(7000)), try #require(Port(7002)))
    let credential = PasmalCredential(opener: [.tcp(opener, .syn)], screen: nil, passwordPort: port, timeout: .seconds(30))
    return try #require(
      PasmalEncoder.steps(
        credential, number: 1, password: .link(password), noise: [], pause: Timestamp.Span(nanoseconds: 0)))
  }
}

extension Lab {
  /// Sends steps over IPv4, one after another.
  func send(_ steps: [KnockStep]) throws {
    for step in steps {
      if case .udp = step.transport {
        try sender(port: step.port).send(step.payload.isEmpty ? [0] : step.payload)
      } else {
        let stream = unsafe support_connect_in("/run/netns/" + client, gatewayV4, step.port, 50)
        if stream >= 0 { close(stream) }
      }
      usleep(2000)
    }
  }

  /// Closes the doors of `postern.nft` by hand.
  func shut() throws {
    for set in ["door4", "door6"] { try Shell.must(nft(["flush", "set", "inet", "postern", set])) }
  }
}
