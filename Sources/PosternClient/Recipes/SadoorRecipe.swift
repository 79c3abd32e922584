// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// The packets of a description, as SAdoor's client sends them, and the command behind them.
package struct SadoorRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case form
    case secret
    /// The file with the descriptions: `sadoor.pkts`.
    case packets
    /// The name of an action, perhaps with arguments; without it a door is asked for.
    case run
    case services
    case lease
    case address
  }

  private enum Form: String, CaseIterable {
    case sealed
    case legacy = "legacy-blowfish"
  }

  private static let maximumScript = 1 << 16

  private let form: Form
  private let secret: SecretSource
  private let packets: String
  private let run: String?
  private let services: [Service]
  private let lease: UInt32
  private let address: AddressSetting

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    form = try lines.optional(Key.form, "sealed or legacy-blowfish", Form.init(rawValue:)) ?? .sealed
    secret = try lines.requiredSecret(Key.secret, form == .sealed ? .key : .text)
    packets = try lines.requiredPath(Key.packets, "file:PATH of the packet descriptions")
    run = try lines.optional(Key.run, "at most 256 bytes") { SadoorOrder.runLengths.contains($0.utf8.count) ? $0 : nil }
    services = try lines.optional(Key.services, "at most 8 like tcp/22,udp/53", Self.services) ?? []
    lease = try lines.optional(Key.lease, "a time like 30s, 5m or 1h") { LeaseText.seconds($0) } ?? 0
    address = try lines.optional(Key.address, AddressSetting.words, AddressSetting.init) ?? .automatic
    guard form == .sealed || run != nil else { throw lines.missing(Key.run, "an old command is always a text to run") }
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    let credential = SadoorCredential(
      form: try credentialForm(), script: try script(), timeout: .seconds(30), isGlobal: false, takesEmptyCommand: false)
    let counter = try occasion.stamps.next(now: occasion.now)
    do throws(CryptoError) {
      let encoder = try SadoorEncoder(credential)
      let command =
        form == .sealed
        ? try encoder.envelope(order(occasion), counter: counter)
        : try encoder.block(LegacyCommand(stamp: counter, order: .run(Array((run ?? "").utf8))))
      return encoder.steps(command ?? [])
    } catch {
      throw ClientError(error)
    }
  }

  private func order(_ occasion: KnockOccasion) -> SadoorOrder {
    if let run { return .run(Array(run.utf8)) }
    return .door(
      .init(
        action: occasion.action.knockAction, ipv4: address.ipv4(occasion), ipv6: address.ipv6(occasion), services: services,
        wishedLease: lease))
  }

  private func credentialForm() throws(ClientError) -> SadoorCredential.Form {
    let bytes = try secret.read().bytes
    guard form == .legacy else { return .sealed(Bytes32(bytes) ?? .zero) }
    guard PortsCredential.legacyKeyLengths.contains(bytes.count) else { throw .usage("an old secret has 4 to 56 bytes") }
    return .legacy(key: bytes)
  }

  private func script() throws(ClientError) -> PacketScript {
    let text = try PlainFile.read(packets, limit: Self.maximumScript)
    do throws(PacketTextFlaw) {
      return try PacketScript(parsing: String(decoding: text, as: UTF8.self))
    } catch {
      throw .badFile(path: packets, reason: "\(error)")
    }
  }

  private static func services(_ text: String) -> [Service]? {
    let services = text.split(separator: ",", omittingEmptySubsequences: false).map { Service($0) }
    let known = services.compactMap(\.self)
    return known.count == services.count && (1...SadoorOrder.mostServices).contains(known.count) ? known : nil
  }
}
