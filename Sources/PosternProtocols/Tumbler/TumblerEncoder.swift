// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Makes tumbler's datagrams.
package enum TumblerEncoder {
  /// The datagram of a client at `address`, as the gateway sees it, for the minute of `moment`.
  package static func datagram(_ credential: TumblerCredential, from address: IPAddress, at moment: Timestamp) -> [UInt8] {
    var text = TumblerText()
    let hash = credential.secret.withBytes { secret in
      text.hash(
        time: Array(credential.time.text(at: moment).utf8), separator: Array(credential.separator.utf8),
        address: Array(address.description.utf8), secret: secret, user: credential.user.map { Array($0.utf8) })
    }
    return TumblerPacket(credential.user == nil ? .first : .second, hash).encoded
  }

  /// The one packet of a knock.
  package static func steps(_ credential: TumblerCredential, from address: IPAddress, at moment: Timestamp) -> [KnockStep] {
    [.udp(credential.port.number, datagram(credential, from: address, at: moment))]
  }
}
