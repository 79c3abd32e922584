// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

extension Knock {
  /// What a message means in Postern's words. The format knows IPv4 addresses alone; who asks for the packet's source gets that of whichever
  /// family brought it.
  init(_ decoded: FwknopDecoder.Decoded, over family: AddressFamily) {
    let message = decoded.message
    self.init(
      knockProtocol: .fwknop, id: decoded.id, stamp: Timestamp(seconds: message.seconds), key: decoded.key, action: .open,
      wish: Wish(message), ipv4: .none, ipv6: .none, wishedLease: message.timeout, strength: decoded.strength)
    switch (message.address, family) {
    case (.zero, .ipv4): ipv4 = .packetSource(port: nil)
    case (.zero, .ipv6): ipv6 = .packetSource(port: nil)
    default: ipv4 = .named(message.address, port: nil)
    }
  }
}

extension Knock.Wish {
  /// As in fwknop's own server, translation is about the first service alone.
  fileprivate init(_ message: FwknopMessage) {
    switch message.wish {
    case .command(let line): self = .command(Array(line.utf8))
    case .access(let services):
      guard let target = message.target, let service = services.first else {
        self = .services(services)
        return
      }
      self = ForwardTarget(target, isLocal: message.kind.isLocal).map { .forward(service, to: $0) } ?? .services([])
    }
  }
}

extension ForwardTarget {
  /// Nil for a host that is only named: nothing here asks a resolver. Of a local target the host means nothing.
  fileprivate init?(_ target: FwknopTarget, isLocal: Bool) {
    guard !isLocal else {
      self = .port(target.port)
      return
    }
    guard let address = target.address else { return nil }
    self = .service(.v4(address), target.port)
  }
}
