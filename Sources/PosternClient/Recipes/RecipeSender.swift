// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
internal import PosternWire

/// Knocks by a recipe at the addresses of a gateway; the packets of each knock are made afresh.
package struct RecipeSender: Knocker {
  private let recipe: any KnockRecipe
  private let action: KnockAction
  private let gateways: [SocketAddress]
  private let stamps: StampFile

  package init(_ recipe: any KnockRecipe, _ action: KnockAction, gateways: [SocketAddress], stamps: StampFile) {
    self.recipe = recipe
    self.action = action
    self.gateways = gateways
    self.stamps = stamps
  }

  package func send(now: () -> Timestamp) throws(ClientError) -> [SocketAddress] {
    var sent: [SocketAddress] = []
    var failures: [String] = []
    for gateway in gateways {
      do throws(ClientError) {
        try knock(at: gateway, now: now())
        sent.append(gateway)
      } catch {
        guard error.isOfOneAddress else { throw error }
        failures.append(error.description)
      }
    }
    guard !sent.isEmpty else { throw .nothingSent("nothing could be sent: " + failures.joined(separator: "; ")) }
    return sent
  }

  package func describe(_ sent: [SocketAddress]) -> String { sent.map(\.address.description).joined(separator: ", ") }

  private func knock(at gateway: SocketAddress, now: Timestamp) throws(ClientError) {
    guard let source = SourceAddresses.route(to: gateway) else { throw .nothingSent("no way to \(gateway.address)") }
    let occasion = KnockOccasion(action: action, gateway: gateway.address, source: source, now: now, stamps: stamps)
    try StepSender(recipe.steps(occasion), to: gateway).send()
  }
}

extension ClientError {
  /// Whether another address of the gateway may fare better.
  fileprivate var isOfOneAddress: Bool {
    switch self {
    case .unknownHost, .nothingSent, .noAnswer, .system: true
    case .usage, .profile, .missingFile, .fileExists, .permission, .badFile, .notPermitted, .noTerminal, .streamBroken,
      .cryptography:
      false
    }
  }
}
