// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// Makes the packets of a knock that ``PasmalReader`` takes.
package enum PasmalEncoder {
  /// What the last datagram carries.
  package enum Password: Hashable, Sendable {
    case link(Bytes32)
    case code(UInt32, digits: Int)
  }

  /// The opener, the stream with its decoys, the password. `number` is the key's next one-time number, which grows with each knock;
  /// nil when it is none that the opener's last packet can carry. `noise` gives two random bytes for each packet of the stream.
  package static func steps(
    _ credential: PasmalCredential, number: UInt64, password: Password?, noise: [UInt8], pause: Timestamp.Span
  ) -> [KnockStep]? {
    guard let last = credential.opener.last else { return nil }
    let nonce = PasmalNonce(number, byteCount: last.nonceBytes)
    guard number > 0, last.nonceBytes == 8 || number >> (8 * UInt64(last.nonceBytes)) == 0 else { return nil }
    var steps = credential.opener.map { opener($0, pause) }
    if let screen = credential.screen {
      guard noise.count >= 2 * Int(screen.packets) else { return nil }
      steps[steps.count - 1] = opener(last, nonce, pause)
      steps += stream(screen, nonce, noise, pause)
    }
    guard let port = credential.passwordPort else { return steps }
    guard let password else { return nil }
    return steps + [.udp(port.number, data(password), pause: pause)]
  }

  private static func opener(_ step: PasmalCredential.Step, _ pause: Timestamp.Span) -> KnockStep {
    switch step {
    case .tcp(let port, let flags):
      flags.fits(.syn)
        ? .connect(port.number, pause: pause) : KnockStep(.tcp(.init(flags: flags.set)), port: port.number, pause: pause)
    case .udp(let port): .udp(port.number, [0], pause: pause)
    case .echo(let identifier, let sequence, let length):
      KnockStep(
        .icmp(.init(identifier: identifier, sequence: sequence ?? 1)), port: 0,
        payload: Array(repeating: 0, count: Int(length ?? 0)), pause: pause)
    }
  }

  /// The step that carries the nonce.
  private static func opener(_ step: PasmalCredential.Step, _ nonce: PasmalNonce, _ pause: Timestamp.Span) -> KnockStep {
    switch step {
    case .tcp(let port, let flags):
      let fields = KnockStep.TCPFields(
        flags: flags.set.isEmpty ? .syn : flags.set, sequence: UInt32(truncatingIfNeeded: nonce.number))
      return KnockStep(.tcp(fields), port: port.number, pause: pause)
    case .udp(let port):
      var writer = WireWriter(capacity: 8)
      nonce.put(to: &writer)
      return .udp(port.number, writer.bytes, pause: pause)
    case .echo(_, _, let length):
      let fields = KnockStep.ICMPFields(
        identifier: UInt16(truncatingIfNeeded: nonce.number >> 16), sequence: UInt16(truncatingIfNeeded: nonce.number))
      return KnockStep(.icmp(fields), port: 0, payload: Array(repeating: 0, count: Int(length ?? 0)), pause: pause)
    }
  }

  /// A decoy never has the port that is due next.
  private static func stream(
    _ form: PasmalCredential.Screen, _ nonce: PasmalNonce, _ noise: [UInt8], _ pause: Timestamp.Span
  ) -> [KnockStep] {
    form.secret.withBytes { secret in
      let screen = PasmalScreen(form, secret: secret)
      let places = Set(screen.places(nonce))
      var real: UInt8 = 0
      return (0..<Int(form.packets)).map { place in
        let due = real < form.real ? screen.port(of: real, nonce) : nil
        if places.contains(place), let due {
          real += 1
          return .udp(due, pause: pause)
        }
        let drawn = UInt16(noise[2 * place]) << 8 | UInt16(noise[2 * place + 1])
        let port = form.base + drawn % form.span
        return .udp(port == due ? form.base + (drawn % form.span + 1) % form.span : port, pause: pause)
      }
    }
  }

  private static func data(_ password: Password) -> [UInt8] {
    switch password {
    case .link(let link): link.array
    case .code(let code, let digits): PasmalCode.digits(code, count: digits)
    }
  }
}
