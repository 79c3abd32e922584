// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads tumbler's datagrams. Nothing in one tells whose it is: a well-shaped one costs three hashes for each secret, of which there are
/// at most ``TumblerCredential/most``.
package struct TumblerReader: ~Copyable {
  private struct Door {
    let key: KeyIndex
    let port: UInt16
    let secret: SecretTexts.Place
    let user: [UInt8]?
    let separator: [UInt8]
    let pattern: TimePattern
    /// The texts of ``minutes``.
    var times: [[UInt8]]

    var version: TumblerPacket.Version { user == nil ? .first : .second }
  }

  private let secrets: SecretTexts
  private var doors: [Door] = []
  private var minutes: [Timestamp]
  private let ports: Set<UInt16>
  private var text = TumblerText()

  /// Copies the secrets into memory of its own.
  package init(_ keys: [Registered<TumblerCredential>], now: Timestamp) throws(CryptoError) {
    var secrets = try SecretTexts(capacity: keys.reduce(0) { $0 + $1.credential.secret.count })
    for registered in keys {
      let credential = registered.credential
      let place = try credential.secret.withBytes { secret throws(CryptoError) in try secrets.add(secret) }
      doors.append(
        Door(
          key: registered.key, port: credential.port.number, secret: place, user: credential.user.map { Array($0.utf8) },
          separator: Array(credential.separator.utf8), pattern: credential.time, times: []))
    }
    self.secrets = secrets
    ports = Set(doors.map(\.port))
    minutes = []
    advance(to: now)
  }

  package var secretsAreLocked: Bool { secrets.isLocked }

  /// Writes the texts of a new minute; ``read(_:at:)`` does it too.
  package mutating func advance(to now: Timestamp) {
    let wanted = TumblerMinute.candidates(at: now)
    guard wanted != minutes else { return }
    minutes = wanted
    for index in doors.indices { doors[index].times = wanted.map { Array(doors[index].pattern.text(at: $0).utf8) } }
  }

  /// What a packet says; its hash names the address that it came from.
  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard case .udp(let header) = packet.transport, ports.contains(header.destinationPort) else {
      return .refused(.wrongTransport)
    }
    guard packet.payload.byteCount == TumblerPacket.length else { return .refused(.wrongLength) }
    guard let knock = TumblerPacket(packet.payload) else { return .refused(.wrongTag) }
    advance(to: now)
    guard let (door, minute) = opened(by: knock, at: header.destinationPort, from: packet.source) else {
      return .refused(.wrongTag)
    }
    return reading(knock, doors[door].key, minutes[minute], from: packet.source)
  }

  /// The door and the minute whose hash this is.
  private mutating func opened(by knock: TumblerPacket, at port: UInt16, from source: IPAddress) -> (Int, Int)? {
    let address = Array(source.description.utf8)
    for (index, door) in doors.enumerated() where door.port == port && door.version == knock.version {
      for minute in minutes.indices {
        let hash = secrets.withSecret(door.secret) { secret in
          text.hash(
            time: door.times[minute], separator: door.separator, address: address, secret: secret, user: door.user)
        }
        if constantTimeEqual(hash, knock.hash) { return (index, minute) }
      }
    }
    return nil
  }

  /// The hash covers the address, so the knock names it.
  private func reading(_ knock: TumblerPacket, _ key: KeyIndex, _ minute: Timestamp, from source: IPAddress) -> Reading {
    .knock(
      Knock(
        knockProtocol: .tumbler, id: TumblerKnockID.id(knock), stamp: minute, key: key, action: .open, wish: .door(nil),
        ipv4: source.named4, ipv6: source.named6))
  }
}
