// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Credentials of knocks of one packet, as tables hold them.
@Suite struct DatagramCredentialTests {
  private static func port(_ number: UInt16) throws -> Port { try #require(Port(number)) }

  private static func doorman() throws -> DoormanCredential {
    DoormanCredential(
      port: try port(1033), group: "foo", secret: Array("opensesame".utf8), ports: [try port(22), try port(80)],
      networks: [try #require(AddressPrefix("10.77.0.0/24")), try #require(AddressPrefix("2001:db8::/32"))])
  }

  private static func tumbler() throws -> TumblerCredential {
    TumblerCredential(port: try port(8675), secret: [1, 2, 3], user: "alice", time: .standard, separator: ", ")
  }

  private static func header(_ target: HeaderTarget = .strip10) throws -> HeaderCredential {
    HeaderCredential(
      carrier: .tcp, flagsAsked: 0x17, flagsSet: 0x02,
      conditions: [.init(.timeToLive, 60...64), .init(.port, 1000...10999), .init(.sequence, 17...17)], target: target,
      allowed: [try port(22)])
  }

  private static func all() throws -> [Credential] {
    let entry = HeaderTarget.Entry(knocked: try port(1022), opened: try port(22))
    let icmp = HeaderCredential(
      carrier: .icmp, flagsAsked: 0, flagsSet: 0, conditions: [.init(.icmpIdentifier, 7...7)], target: .door, allowed: [])
    return [
      .doorman(try doorman()), .tumbler(try tumbler()), .header(try header()), .header(try header(.subtract(1000))),
      .header(try header(.table([entry]))), .header(icmp), .syn(.init(secret: Samples.filled(9), asksForPort: true)),
      .syn(.init(secret: Samples.filled(9), asksForPort: false)),
    ]
  }

  private func tables(_ credentials: [Credential]) -> GateTables {
    var tables = Samples.gate
    tables.keys = credentials.map { .init(user: 0, credential: $0, validity: .always, fingerprint: 1) }
    return tables
  }

  @Test func roundTrip() throws {
    let tables = tables(try Self.all())
    #expect(try tables.encoded().withBytes { try GateTables(decoding: $0) } == tables)
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = tables(try Self.all()).encoded()
    for length in bytes.indices { #expect(Samples.gateError(Array(bytes[..<length])) == .truncated) }
  }

  /// Whatever is accepted has one encoding only.
  @Test func flippedBitsAreRefusedOrMeanSomethingElse() throws {
    let sample = tables(try Self.all())
    var bytes = sample.encoded()
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if Samples.gateError(bytes) == nil {
        let read = try bytes.withBytes { try GateTables(decoding: $0) }
        #expect(read.encoded() == bytes && read != sample)
      }
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }

  @Test func secretsAreErased() throws {
    var tables = tables(try Self.all())
    tables.eraseSecrets()
    for key in tables.keys {
      #expect(key.credential.doorman?.secret.allSatisfy { $0 == 0 } ?? true)
      #expect(key.credential.tumbler?.secret.allSatisfy { $0 == 0 } ?? true)
      #expect(key.credential.syn.map { $0.secret == .zero } ?? true)
    }
  }

  @Test func outOfRangeIsRefused() throws {
    var credentials: [Credential] = []
    func doorman(_ change: (inout DoormanCredential) -> Void) throws {
      var credential = try Self.doorman()
      change(&credential)
      credentials.append(.doorman(credential))
    }
    func header(_ change: (inout HeaderCredential) -> Void) throws {
      var credential = try Self.header()
      change(&credential)
      credentials.append(.header(credential))
    }
    try doorman { $0.group = "" }
    try doorman { $0.group = "two words" }
    try doorman { $0.group = String(repeating: "x", count: 33) }
    try doorman { $0.secret = [] }
    try doorman { $0.secret = Array(repeating: 1, count: 65) }
    try doorman { $0.ports = [] }
    try header { $0.flagsSet = 0x20 }
    try header { $0.carrier = .udp }
    try header { $0.conditions.swapAt(0, 1) }
    try header { $0.conditions[1] = $0.conditions[0] }
    try header { $0.conditions[0].range = 60...256 }
    try header { $0.target = .table([]) }
    var tumbler = try Self.tumbler()
    tumbler.separator = "123456789"
    credentials.append(.tumbler(tumbler))
    for credential in credentials { #expect(Samples.gateError(tables([credential]).encoded()) == .malformed, "\(credential)") }
  }
}
