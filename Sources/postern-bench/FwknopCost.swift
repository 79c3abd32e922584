// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// What reading one fwknop packet costs among so many keys, of which nothing but its code tells whose it is.
struct FwknopCost {
  /// Which packets are read.
  enum Packet: String, CaseIterable {
    /// A knock of the last key, from an address that nobody knocked from before.
    case last
    /// A knock of the last key, from where it came last.
    case known
    /// As long as a knock, of no key.
    case junk
  }

  let users: Int
  let hash: FwknopCredential.CodeHash
  let rounds: Int

  private static let start = Timestamp(seconds: 1_800_000_000)

  /// The times of all rounds.
  func measure(_ packet: Packet) throws(BenchFailure) -> LatencySummary {
    do {
      var reader = try FwknopReader((0..<users).map { Registered(KeyIndex($0), credential($0)) }, now: Self.start)
      let packets = try packets(packet)
      var times: [UInt64] = []
      for (round, bytes) in packets.enumerated() {
        // So much later that no budget is spent.
        let now = Self.start + .seconds(Int64(round))
        let began = SystemClock.monotonic()
        let reading = try bytes.withBytes { bytes in reader.read(try PacketView(bytes, .tcpMayLack), at: now) }
        times.append(SystemClock.monotonic() - began)
        guard Self.fits(reading, packet) else { throw BenchFailure("an unexpected reading: \(reading)") }
      }
      return LatencySummary(sent: times.count, nanoseconds: times)
    } catch let failure as BenchFailure {
      throw failure
    } catch {
      throw BenchFailure("\(error)")
    }
  }

  private static func fits(_ reading: Reading, _ packet: Packet) -> Bool {
    switch (packet, reading) {
    case (.last, .knock), (.known, .knock), (.junk, .refused(.wrongTag)): true
    default: false
    }
  }

  private func credential(_ number: Int) -> FwknopCredential {
    FwknopCredential(
      mode: .cbc, passphrase: Array("passphrase of user \(number)".utf8), codeHash: hash,
      codeKey: Array("key of the code of user \(number)".utf8), user: "", sources: [], requiresAddress: false,
      allowsAnyAgent: false)
  }

  private func packets(_ packet: Packet) throws -> [[UInt8]] {
    let encoder = try encoder(packet == .junk ? users : users - 1)
    return try (0..<rounds).map { round in
      let text = try encoder.encode(message, random: UInt64(round), salt: UInt64(round).bytes)
      let source = IPAddress.v4(IPv4Address(0x0a00_0001 + UInt32(packet == .known ? 0 : round)))
      guard let builder = PacketBuilder(from: source, to: .v4(IPv4Address(0xcb00_7101))) else { return [] }
      return builder.udp(from: 40_000, to: 62_201, payload: text)
    }
  }

  private func encoder(_ number: Int) throws -> FwknopEncoder {
    let credential = credential(number)
    let code = HashAlgorithm(rawValue: hash.rawValue).map { FwknopSecrets.Code($0, key: credential.codeKey) }
    guard let secrets = FwknopSecrets(passphrase: credential.passphrase, mode: .cbc, code: code) else {
      throw BenchFailure("no secrets")
    }
    return try FwknopEncoder(secrets)
  }

  private var message: FwknopMessage {
    let services = [Service("tcp/22")].compactMap(\.self)
    return FwknopMessage(
      kind: .access, user: "carol", seconds: 1_800_000_000, version: "3.0.0", address: IPv4Address(0xc000_0207),
      wish: .access(services), target: nil, timeout: 0)
  }
}

extension UInt64 {
  fileprivate var bytes: [UInt8] { stride(from: UInt64(0), to: 64, by: 8).map { UInt8(truncatingIfNeeded: self >> $0) } }
}
