// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// Leads `knock --protocol NAME` to the command of that protocol, so that each has options of its own.
enum ProtocolChoice {
  static let prefix = "knock-"

  static let commands: [any ClassicKnock.Type] = [
    FwknopKnock.self, KnockdKnock.self, HeaderKnock.self, DoormanKnock.self, PortsKnock.self, TumblerKnock.self, Cd00rKnock.self,
    PasmalKnock.self, SadoorKnock.self, RollingKnock.self, SynKnock.self,
  ]

  static var names: String { commands.map { $0.knockProtocol }.joined(separator: ", ") }

  /// The arguments as the parser shall see them.
  static func lead(_ arguments: [String]) -> [String] {
    guard arguments.first == "knock" else { return arguments }
    var rest = Array(arguments.dropFirst())
    guard let name = take(&rest), let command = commands.first(where: { $0.knockProtocol == name }) else { return arguments }
    return [command.commandName] + rest
  }

  /// Takes the option and its value out; what stands behind `--` is no option.
  private static func take(_ arguments: inout [String]) -> String? {
    let options = arguments.prefix { $0 != "--" }
    if let index = options.firstIndex(where: { $0.hasPrefix("--protocol=") }) {
      return String(arguments.remove(at: index).dropFirst("--protocol=".count))
    }
    guard let index = options.firstIndex(of: "--protocol"), index + 1 < options.endIndex else { return nil }
    let name = arguments[index + 1]
    arguments.removeSubrange(index...index + 1)
    return name
  }
}
