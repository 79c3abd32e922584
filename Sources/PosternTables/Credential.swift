// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// What a gate has to know to recognise the knocks of one client key: the protocol, and its secrets or signs.
package enum Credential: Hashable, Sendable {
  case spa(SPACredential)
  case ports(PortsCredential)
  case sadoor(SadoorCredential)
  case rolling(RollingCredential)
  case knockd(KnockdCredential)
  case cd00r(Cd00rCredential)
  case pasmal(PasmalCredential)
  case doorman(DoormanCredential)
  case tumbler(TumblerCredential)
  case header(HeaderCredential)
  case syn(SynCredential)
  case fwknop(FwknopCredential)

  package var knockProtocol: KnockProtocol {
    switch self {
    case .spa: .spa
    case .ports(let credential): credential.knockProtocol
    case .sadoor: .sadoor
    case .rolling: .rolling
    case .knockd: .knockd
    case .cd00r: .cd00r
    case .pasmal: .pasmal
    case .doorman: .doorman
    case .tumbler: .tumbler
    case .header: .header
    case .syn: .syn
    case .fwknop: .fwknop
    }
  }

  package var spa: SPACredential? { if case .spa(let credential) = self { credential } else { nil } }
  package var doorman: DoormanCredential? { if case .doorman(let credential) = self { credential } else { nil } }
  package var tumbler: TumblerCredential? { if case .tumbler(let credential) = self { credential } else { nil } }
  package var header: HeaderCredential? { if case .header(let credential) = self { credential } else { nil } }
  package var syn: SynCredential? { if case .syn(let credential) = self { credential } else { nil } }

  package var knockd: KnockdCredential? { if case .knockd(let credential) = self { credential } else { nil } }

  package var cd00r: Cd00rCredential? { if case .cd00r(let credential) = self { credential } else { nil } }
  package var pasmal: PasmalCredential? { if case .pasmal(let credential) = self { credential } else { nil } }
  package var fwknop: FwknopCredential? { if case .fwknop(let credential) = self { credential } else { nil } }

  package var ports: PortsCredential? { if case .ports(let credential) = self { credential } else { nil } }
  package var sadoor: SadoorCredential? { if case .sadoor(let credential) = self { credential } else { nil } }
  package var rolling: RollingCredential? { if case .rolling(let credential) = self { credential } else { nil } }

  /// No less than the encoded size.
  var capacity: Int {
    switch self {
    case .spa: 80
    case .ports: 96
    case .sadoor(let credential): credential.capacity
    case .rolling: 80
    case .knockd(let credential): credential.capacity
    case .cd00r(let credential): credential.capacity
    case .pasmal(let credential): credential.capacity
    case .doorman, .tumbler, .header: 1024
    case .syn: 40
    case .fwknop(let credential): credential.capacity
    }
  }

  /// Overwrites the secrets in place.
  mutating func erase() {
    switch self {
    case .spa(var credential):
      credential.erase()
      self = .spa(credential)
    case .ports(var credential):
      credential.erase()
      self = .ports(credential)
    case .sadoor(var credential):
      credential.erase()
      self = .sadoor(credential)
    case .rolling(var credential):
      credential.erase()
      self = .rolling(credential)
    case .knockd(var credential):
      credential.erase()
      self = .knockd(credential)
    case .cd00r: break
    case .pasmal(var credential):
      credential.erase()
      self = .pasmal(credential)
    case .doorman(var credential):
      credential.erase()
      self = .doorman(credential)
    case .tumbler(var credential):
      credential.erase()
      self = .tumbler(credential)
    case .header: break
    case .syn(var credential):
      credential.erase()
      self = .syn(credential)
    case .fwknop(var credential):
      credential.erase()
      self = .fwknop(credential)
    }
  }
}

extension Credential {
  init(_ reader: inout WireReader) throws(WireError) {
    switch KnockProtocol(rawValue: try reader.u8()) {
    case .spa: self = .spa(try SPACredential(&reader))
    case .ports: self = .ports(try PortsCredential(&reader, .ports))
    case .portsClassic: self = .ports(try PortsCredential(&reader, .portsClassic))
    case .sadoor: self = .sadoor(try SadoorCredential(&reader))
    case .rolling: self = .rolling(try RollingCredential(&reader))
    case .knockd: self = .knockd(try KnockdCredential(&reader))
    case .cd00r: self = .cd00r(try Cd00rCredential(&reader))
    case .pasmal: self = .pasmal(try PasmalCredential(&reader))
    case .doorman: self = .doorman(try DoormanCredential(&reader))
    case .tumbler: self = .tumbler(try TumblerCredential(&reader))
    case .header: self = .header(try HeaderCredential(&reader))
    case .syn: self = .syn(try SynCredential(&reader))
    case .fwknop: self = .fwknop(try FwknopCredential(&reader))
    case nil: throw .malformed
    }
  }

  func put(to writer: inout WireWriter) {
    writer.u8(knockProtocol.rawValue)
    switch self {
    case .spa(let credential): credential.put(to: &writer)
    case .ports(let credential): credential.put(to: &writer)
    case .sadoor(let credential): credential.put(to: &writer)
    case .rolling(let credential): credential.put(to: &writer)
    case .knockd(let credential): credential.put(to: &writer)
    case .cd00r(let credential): credential.put(to: &writer)
    case .pasmal(let credential): credential.put(to: &writer)
    case .doorman(let credential): credential.put(to: &writer)
    case .tumbler(let credential): credential.put(to: &writer)
    case .header(let credential): credential.put(to: &writer)
    case .syn(let credential): credential.put(to: &writer)
    case .fwknop(let credential): credential.put(to: &writer)
    }
  }
}
