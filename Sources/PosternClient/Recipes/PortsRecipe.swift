// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// An encrypted port sequence: the sealed form, or the classic eight ports.
package struct PortsRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case form
    case secret
    case base
    case order
    case service
    /// How long; classic forms count whole minutes.
    case lease
    case address
  }

  private enum Form: String, CaseIterable {
    case sealed
    case legacy = "legacy-8"
    case plain = "plain-8"
  }

  private let form: Form
  private let secret: SecretSource?
  private let base: UInt16
  private let order: PortsCredential.Order
  private let service: Service?
  private let lease: UInt32?
  private let address: AddressSetting

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    form = try lines.optional(Key.form, "sealed, legacy-8 or plain-8", Form.init(rawValue:)) ?? .sealed
    switch form {
    case .sealed: (secret, base) = (try lines.requiredSecret(Key.secret, .key), try lines.number(Key.base) ?? 32_768)
    case .legacy: (secret, base) = (try lines.requiredSecret(Key.secret, .text), try lines.number(Key.base) ?? 1024)
    case .plain: (secret, base) = (nil, try lines.number(Key.base) ?? 1024)
    }
    let orders: [String: PortsCredential.Order] = ["arrival": .arrival, "seq": .sequence]
    order = try lines.optional(Key.order, "arrival or seq") { orders[$0] } ?? .arrival
    service = try lines.optional(Key.service, "what to open, like tcp/22") { Service($0) }
    lease = try lines.optional(Key.lease, "a time like 30s, 5m or 1h") { LeaseText.seconds($0) }
    address = try lines.optional(Key.address, AddressSetting.words, AddressSetting.init) ?? .automatic
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    let credential = PortsCredential(
      form: try credentialForm(), base: base, window: .seconds(10), order: order, needsSource: false)
    let nonce = try Chance.number()
    let claim = form == .sealed ? try claim(occasion) : nil
    let block = form == .sealed ? nil : try block(occasion)
    let counter = try occasion.stamps.next(now: occasion.now)
    do throws(CryptoError) {
      let encoder = try PortsEncoder(credential)
      var ports: [UInt16]?
      if let claim { ports = try encoder.ports(claim, counter: counter) }
      if let block { ports = try encoder.ports(block) }
      return encoder.steps(ports ?? [], nonce: nonce)
    } catch {
      throw ClientError(error)
    }
  }

  private func credentialForm() throws(ClientError) -> PortsCredential.Form {
    guard let bytes = try secret?.read().bytes else { return .plain }
    guard form == .sealed else {
      guard PortsCredential.legacyKeyLengths.contains(bytes.count) else { throw .usage("a legacy-8 secret has 4 to 56 bytes") }
      return .legacy(key: bytes)
    }
    return .sealed(Bytes32(bytes) ?? .zero)
  }

  private func claim(_ occasion: KnockOccasion) throws(ClientError) -> PortsClaim {
    guard let lease = UInt16(exactly: lease ?? 0) else { throw .usage("the lease is at most 18 hours") }
    let (ipv4, ipv6) = (address.ipv4(occasion), address.ipv6(occasion))
    guard ipv4 != .none || ipv6 != .none else { throw .nothingSent("no address to be admitted by a knock over this family") }
    return PortsClaim(
      action: occasion.action.knockAction, service: service, address: ipv4 == .none ? .v6(ipv6) : .v4(ipv4), wishedLease: lease)
  }

  private func block(_ occasion: KnockOccasion) throws(ClientError) -> ClassicBlock {
    guard let port = service?.port, service?.transport == .tcp else {
      throw .usage("a classic sequence needs a service like tcp/22")
    }
    guard case .v4(let address) = address.address(occasion) else {
      throw .usage("a classic sequence carries an IPv4 address: use -4")
    }
    let minutes = UInt8(clamping: ((lease ?? 900) + 59) / 60)
    let time: ClassicBlock.Time =
      switch occasion.action {
      case .open: minutes == 255 ? .unlimited : .minutes(minutes)
      case .close: .close
      }
    return ClassicBlock(address: address, port: port, time: time)
  }
}
