// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Keys of plain sequences in compiled tables.
@Suite struct SequenceCredentialTests {
  private static func steps(_ text: String) -> [KnockdStep] {
    text.split(separator: ",").compactMap { KnockdStep($0, flags: .any) }
  }

  private static let addresses = ["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) }

  private static let credentials: [Credential] = [
    .knockd(
      .init(
        sequences: .always(steps("tcp/7000 syn !ack,udp/8000,echo,tcp/1")), timeout: .seconds(25), targets: addresses,
        ignoresRetransmissions: true)),
    .knockd(
      .init(
        sequences: .oneTime([.init(number: 0, steps: steps("tcp/1")), .init(number: 7, steps: steps("udp/2,echo"))]),
        timeout: .milliseconds(1))),
    .cd00r(
      .init(ports: [200, 80].compactMap { Port($0) }, timeout: .seconds(30), targets: addresses, resets: true, state: .perSource)),
    .cd00r(.init(ports: [1].compactMap { Port($0) }, timeout: nil, targets: [], resets: false, state: .global)),
  ]

  private static func tables(_ credential: Credential) -> GateTables {
    var tables = Samples.gate
    tables.keys = [.init(user: 0, credential: credential, validity: .always, fingerprint: 9)]
    return tables
  }

  @Test(arguments: credentials.indices) func roundTrip(_ index: Int) throws {
    let tables = Self.tables(Self.credentials[index])
    #expect(try tables.encoded().withBytes { try GateTables(decoding: $0) } == tables)
  }

  @Test(arguments: credentials.indices) func everyTruncation(_ index: Int) {
    let bytes = Self.tables(Self.credentials[index]).encoded()
    for count in 0..<bytes.count { #expect(Samples.gateError(Array(bytes.prefix(count))) != nil, "\(count)") }
    #expect(Samples.gateError(bytes) == nil)
  }

  /// A flipped bit is refused, or says something else that has the same one form.
  @Test(arguments: credentials.indices) func everyFlippedBit(_ index: Int) throws {
    let bytes = Self.tables(Self.credentials[index]).encoded()
    var accepted = 0
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let tables = try? flipped.withBytes({ try GateTables(decoding: $0) }) else { continue }
      accepted += 1
      #expect(tables.encoded() == flipped, "\(bit)")
    }
    #expect(accepted > 0)
  }

  @Test func refusesWhatNoConfigurationSays() {
    let wrong: [Credential] = [
      .knockd(.init(sequences: .always([]), timeout: .seconds(1))),
      .knockd(.init(sequences: .always(Array(repeating: .echo, count: 33)), timeout: .seconds(1))),
      .knockd(.init(sequences: .always([.echo]), timeout: .seconds(0))),
      .knockd(.init(sequences: .always([.echo]), timeout: .seconds(3601))),
      .knockd(.init(sequences: .always([.echo]), timeout: .seconds(1), targets: Array(repeating: Self.addresses[0], count: 17))),
      .knockd(.init(sequences: .oneTime([]), timeout: .seconds(1))),
      .knockd(
        .init(sequences: .oneTime([.init(number: 1, steps: [.echo]), .init(number: 1, steps: [.echo])]), timeout: .seconds(1))),
      .cd00r(.init(ports: [], timeout: nil, targets: [], resets: true, state: .perSource)),
    ]
    for credential in wrong { #expect(Samples.gateError(Self.tables(credential).encoded()) == .malformed) }
  }

  @Test func listsAreErased() {
    var tables = Self.tables(Self.credentials[1])
    tables.eraseSecrets()
    guard case .knockd(let key) = tables.keys[0].credential, case .oneTime(let lines) = key.sequences else {
      Issue.record("another credential")
      return
    }
    #expect(lines.map(\.steps) == [[.echo], [.echo, .echo]])
  }
}
