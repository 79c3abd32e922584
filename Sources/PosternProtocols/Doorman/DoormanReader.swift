// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads Doorman's datagrams: port and form first, then the group's digest, and only then what the guest list allows.
package struct DoormanReader: ~Copyable {
  private struct Guest {
    let key: KeyIndex
    let port: UInt16
    let secret: SecretTexts.Place
    let ports: Set<UInt32>
    let networks: [AddressPrefix]
  }

  private let secrets: SecretTexts
  private let guests: [Guest]
  private let groups: [Bytes32: Int]
  private let ports: Set<UInt16>

  /// Copies the secrets into memory of its own. Of two guests of one group the first counts; the configuration refuses the second.
  package init(_ keys: [Registered<DoormanCredential>]) throws(CryptoError) {
    var secrets = try SecretTexts(capacity: keys.reduce(0) { $0 + $1.credential.secret.count })
    var guests: [Guest] = []
    var groups: [Bytes32: Int] = [:]
    for registered in keys {
      let credential = registered.credential
      guard let group = DoormanPacket.group(credential.group), groups[group] == nil else { continue }
      groups[group] = guests.count
      let place = try credential.secret.withBytes { secret throws(CryptoError) in try secrets.add(secret) }
      guests.append(
        Guest(
          key: registered.key, port: credential.port.number, secret: place,
          ports: Set(credential.ports.map { UInt32($0.number) }),
          networks: credential.networks))
    }
    self.secrets = secrets
    self.guests = guests
    self.groups = groups
    ports = Set(guests.map(\.port))
  }

  package var secretsAreLocked: Bool { secrets.isLocked }

  /// What a packet says. One with IPv4 options is not read, as the original does not.
  package func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard case .udp(let header) = packet.transport, ports.contains(header.destinationPort) else {
      return .refused(.wrongTransport)
    }
    guard packet.networkOptions.isEmpty || packet.source.family == .ipv6 else { return .refused(.malformedHeaders) }
    guard DoormanPacket.lengths.contains(packet.payload.byteCount) else { return .refused(.wrongLength) }
    guard let knock = DoormanPacket(packet.payload) else { return .refused(.wrongTag) }
    guard let guest = groups[knock.group].map({ guests[$0] }), guest.port == header.destinationPort else {
      return .refused(.unknownKey)
    }
    guard proves(packet.payload, knock, guest) else { return .refused(.wrongTag) }
    return reading(knock, guest, from: packet.source, at: now)
  }

  private func proves(_ datagram: RawSpan, _ knock: DoormanPacket, _ guest: Guest) -> Bool {
    let computed = secrets.withSecret(guest.secret) { secret in
      DoormanDigest.digest(datagram.extracting(first: knock.signedLength), secret: secret)
    }
    return knock.digest.withBytes { computed.equals($0) }
  }

  /// The digest names no address: the packet's own is meant. A port or a network that the guest list does not have spends the knock all
  /// the same.
  private func reading(_ knock: DoormanPacket, _ guest: Guest, from source: IPAddress, at now: Timestamp) -> Reading {
    let port = guest.ports.contains(knock.port) ? UInt16(exactly: knock.port).flatMap { Port($0) } : nil
    let isPermitted = guest.networks.isEmpty || guest.networks.contains { $0.contains(source) }
    return .knock(
      Knock(
        knockProtocol: .doorman, id: DoormanKnockID.id(knock), stamp: now, key: guest.key, action: .open,
        wish: .services(port.map { [Service(.tcp, $0)] } ?? []), ipv4: source.claim4, ipv6: source.claim6,
        flaw: port == nil ? .serviceNotServed : isPermitted ? nil : .sourceNotPermitted))
  }
}
