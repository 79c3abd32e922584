// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternWire

/// Makes the packets of knocks as `postern` would, each knock for an address of its own, from which its packets also come.
struct KnockMaker {
  private enum Form {
    case native(Profile, Sealer)
    case recipe(any KnockRecipe)
    /// Datagrams of the C reference, which end with the number of the address.
    case reference
  }

  /// Many share one encoder.
  private final class Sealer {
    let encoder: SPAEncoder
    init(_ profile: Profile) throws(ClientError) { encoder = try profile.encoder() }
  }

  /// As long as a knock of ours.
  private static let referenceLength = 184
  private static let referencePort: UInt16 = 62_201

  let gateway: IPv4Address
  private let form: Form
  private let stamps: StampFile

  /// For the C reference.
  init(reference gateway: IPv4Address) {
    self.gateway = gateway
    form = .reference
    stamps = StampFile(path: "/dev/null")
  }

  /// For the gateway and the protocol of a profile.
  init(profile path: String) throws(ClientError) {
    let lines = try ProfileText(path: path)
    guard let host = try lines.gateways().first, let gateway = IPv4Address(host) else {
      throw .usage("\(path) names no gateway by its IPv4 address")
    }
    self.gateway = gateway
    // Beside the profile: the lab's knocks leave the user's own stamps alone.
    stamps = StampFile(path: path + ".bench-stamp")
    if let recipe = try RecipeBook.recipe(try lines.knockProtocol(), lines) {
      form = .recipe(recipe)
    } else {
      let profile = try Profile(checked: lines)
      form = .native(profile, try Sealer(profile))
    }
  }

  /// The packets of the knock at `index`, from the IP header on, in their order.
  func packets(_ index: Int) throws(ClientError) -> [[UInt8]] { try packets(index, from: BenchAddresses.address(index)) }

  /// The same for a chosen address.
  func packets(_ index: Int, from source: IPv4Address) throws(ClientError) -> [[UInt8]] {
    guard let builder = PacketBuilder(from: .v4(source), to: .v4(gateway)) else { return [] }
    switch form {
    case .reference:
      return [builder.udp(from: 40_000, to: Self.referencePort, payload: Self.reference(index))]
    case .native(let profile, let sealer):
      let sources = SourceAddresses(ipv4: .named(source, port: nil), ipv6: .none)
      let wish = try KnockWish(.open, door: profile.door, lease: profile.lease ?? 0, sources: sources)
      let datagram = try wish.datagram(sealer.encoder, stamp: stamps.next(now: SystemClock.now()))
      return [builder.udp(from: 40_000, to: profile.port.number, payload: datagram)]
    case .recipe(let recipe):
      let occasion = KnockOccasion(
        action: .open, gateway: .v4(gateway), source: .v4(source), now: SystemClock.now(), stamps: stamps)
      let steps = try recipe.steps(occasion)
      return try steps.map { step throws(ClientError) in Self.packet(step, builder, try StepChance.draw()) }
    }
  }

  private static func reference(_ index: Int) -> [UInt8] {
    let number = UInt32(truncatingIfNeeded: index)
    // In this machine's order, which is little-endian wherever Postern runs.
    return Array(repeating: 0, count: referenceLength - 4) + (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private static func packet(_ step: KnockStep, _ builder: PacketBuilder, _ chance: StepChance) -> [UInt8] {
    var builder = builder
    builder.identification = step.ip.identification ?? 0
    builder.hopLimit = step.ip.hopLimit ?? builder.hopLimit
    return step.packet(builder, chance: chance)
  }
}
