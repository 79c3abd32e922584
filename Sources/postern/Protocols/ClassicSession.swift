// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// One gateway and the way to knock at it by a classic protocol.
struct ClassicSession {
  private let recipe: any KnockRecipe
  private let gateways: [SocketAddress]
  private let stamps: StampFile

  /// `overrides` says that the host stands instead of the profile's gateway; otherwise only where the profile names none.
  init(
    _ lines: ProfileText, _ knockProtocol: String, host: String?, overrides: Bool, _ families: Set<AddressFamily>
  ) throws(ClientError) {
    var lines = lines
    try RecipeBook.complete(knockProtocol, &lines, host: host)
    let named = try lines.gateways()
    if let host, overrides || named.isEmpty { lines.override([Setting("gateway", host)]) }
    guard let recipe = try RecipeBook.recipe(knockProtocol, lines) else { throw .usage("no protocol \(knockProtocol)") }
    let all = try lines.gateways()
    let hosts = recipe.via.map { [$0] } ?? all
    self.recipe = recipe
    gateways = try HostResolver.addresses(of: hosts, port: .last, families: families)
    stamps = try StampFile.own(besides: lines.file)
  }

  func sender(_ action: KnockAction) -> RecipeSender { RecipeSender(recipe, action, gateways: gateways, stamps: stamps) }

  /// One knock to each address.
  func knock(_ action: KnockAction) throws(ClientError) {
    let sender = sender(action)
    let sent = try sender.send(now: SystemClock.now)
    say("knocked at \(sender.describe(sent))")
    if let note = recipe.note { say(note) }
  }
}
