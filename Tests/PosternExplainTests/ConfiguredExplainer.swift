// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternConfig
import PosternCrypto
import PosternExplain
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// An explainer of a configuration that is written as an administrator writes it.
final class ConfiguredExplainer {
  static let start = Timestamp(seconds: 1_800_000_000)
  private var explainer: Explainer

  /// `files` are private files by their paths.
  init(_ sections: String, files: [String: String] = [:]) throws {
    let text = """
      version = 1
      [gateway]
      key = "gateway.key"
      \(sections)
      """
    let configuration = try Configuration(parsing: Array(text.utf8), file: "postern.toml")
    var tables = try configuration.compiled(with: Self.world(files))
    let rings = try tables.keeper.rings.map { try #require(RingLayout($0.kind, slotCount: 64)) }
    let nobody = RingIdentity(boot: .zero, machine: .zero, gateway: 0)
    let replay = ReplayMemory(rings.map { ReplayState(.missing, layout: $0, identity: nobody, history: .new) })
    explainer = try Explainer(gateTables: &tables.gate, keeperTables: tables.keeper, replay: replay, own: [])
  }

  func explain(_ packet: [UInt8], prefix: String, at milliseconds: Int64) -> Explanation {
    let now = Self.start + .milliseconds(milliseconds)
    return packet.withBytes { packet in Array(prefix.utf8).withBytes { explainer.explain(packet, prefix: $0, at: now) } }
  }

  private struct NoSuchFile: Error {}

  private static func world(_ files: [String: String]) -> World {
    World(
      absolute: { path, _ in path }, secret: { _ in Lane.key(1) },
      secretText: { path in
        guard let text = files[path] else { throw NoSuchFile() }
        return Array(text.utf8)
      },
      publicKey: { try? X25519PrivateKey($0).publicKey }, agrees: { _, _ in true }, doorID: { SPADoor.id(of: $0) },
      sha256: { SHA256.hash($0) }, groupID: { _ in nil })
  }
}
