// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
import PosternWire

/// What one configuration compiles to. Positions of keys, users and doors are the same in both tables.
package struct CompiledTables: Sendable {
  package var gate: GateTables
  package var keeper: KeeperTables
}

extension Configuration {
  /// The tables of the gate and of the keeper; throws all errors of key files, of public keys and of door ids.
  package func compiled(with world: World) throws(ConfigFailure) -> CompiledTables {
    let compiler = Compiler(configuration: self, world: world)
    let identity = compiler.identity()
    compiler.checkPlainSequences()
    compiler.checkGates()
    let tables = CompiledTables(gate: compiler.gate(identity), keeper: compiler.keeper(identity))
    try compiler.complaints.check()
    return tables
  }
}

/// One run from configuration to tables; errors are collected, and stand-in values take the place of what is wrong.
struct Compiler {
  let configuration: Configuration
  let world: World
  let complaints = Complaints()
  let calendars: Calendars

  init(configuration: Configuration, world: World) {
    self.configuration = configuration
    self.world = world
    calendars = Calendars(world, complaints)
  }

  /// The secrets of this gateway, and what of them may be known.
  struct Identity {
    var keys: [GateTables.GatewayKey] = []
    var publicKeys: Set<Bytes32> = []
    var admissions: [GateTables.Admission] = []
    var knownKeys: [KeeperTables.GatewaySecret] = []
    var knownAdmissions: [KeeperTables.GatewaySecret] = []
  }

  func identity() -> Identity {
    var identity = Identity()
    for key in configuration.gateway.keys {
      guard let secret = secret(key.file) else { continue }
      guard let publicKey = world.publicKey(secret) else {
        complaints.add("\(key.file.value.quoted) holds no X25519 private key", at: key.file.position)
        continue
      }
      if !identity.publicKeys.insert(publicKey).inserted {
        complaints.add("both keys of the gateway are the same", at: key.file.position)
      }
      identity.keys.append(GateTables.GatewayKey(privateKey: secret, validity: key.validity))
      identity.knownKeys.append(key.known(as: publicKey))
    }
    admit(&identity)
    return identity
  }

  /// Without a file the admission secret is zeros, and nothing is known of it.
  private func admit(_ identity: inout Identity) {
    let files = configuration.gateway.admissions
    if files.isEmpty { identity.admissions = [.always(.zero)] }
    for file in files {
      guard let secret = secret(file.file) else { continue }
      if identity.admissions.contains(where: { $0.secret == secret }) {
        complaints.add("both admission secrets of the gateway are the same", at: file.file.position)
      }
      identity.admissions.append(GateTables.Admission(secret: secret, validity: file.validity))
      identity.knownAdmissions.append(file.known(as: world.sha256(Self.admissionLabel + secret.array)))
    }
  }

  /// What stands before an admission secret when it is hashed for operators.
  private static let admissionLabel = Array("postern admission".utf8)

  func absolute(_ path: Located<String>) -> String { world.absolute(path.value, path.position.file) }
}

extension Configuration.KeyFile {
  fileprivate var validity: Validity { Validity(notAfter: until) }

  fileprivate func known(as name: Bytes32) -> KeeperTables.GatewaySecret {
    KeeperTables.GatewaySecret(file: file.value, fingerprint: name.high.high, validity: validity)
  }
}
