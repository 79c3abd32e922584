// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternPlatform

/// `postern knock --protocol NAME`: what the command line says of one protocol, which stands before what a profile says.
protocol ClassicKnock: ParsableCommand {
  static var knockProtocol: String { get }

  var options: ClassicOptions { get }
  var host: String? { get }
  /// The command line's words as lines of a profile.
  var settings: [Setting] { get }
}

extension Setting {
  /// Those that the command line gave.
  static func given(_ values: [(key: String, value: String?)]) -> [Setting] {
    values.compactMap { item in item.value.map { Setting(item.key, $0) } }
  }
}

extension ClassicKnock {
  /// Commands have names of their own inside; people write `knock --protocol NAME`.
  static var commandName: String { "\(ProtocolChoice.prefix)\(knockProtocol)" }

  static func described(_ abstract: String, usage: String, discussion: String = "") -> CommandConfiguration {
    CommandConfiguration(
      commandName: commandName, abstract: abstract, usage: "postern knock --protocol \(knockProtocol) \(usage)",
      discussion: discussion, shouldDisplay: false)
  }

  func run() throws {
    try reporting { () throws(ClientError) in
      var lines = try options.lines(host: host, Self.knockProtocol)
      lines.override(settings)
      try ClassicSession(lines, Self.knockProtocol, host: host, overrides: options.profile != nil, options.families)
        .knock(options.close ? .close : .open)
    }
  }
}
