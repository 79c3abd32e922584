// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternConfig

struct UserDisable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Refuse a user's knocks, and keep what he has for later.")

  @OptionGroup var options: UserOptions

  func run() throws { try options.setDisabled(true) }
}

struct UserEnable: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "enable", abstract: "Serve a disabled user again.")

  @OptionGroup var options: UserOptions

  func run() throws { try options.setDisabled(false) }
}

extension UserOptions {
  fileprivate func setDisabled(_ isDisabled: Bool) throws {
    try work { desk throws(UserError) in
      var text = try desk.text(of: name)
      guard text.isDisabled != isDisabled else { return Terminal.show(["\(name) is \(Self.word(isDisabled)) already"]) }
      do throws(ConfigError) {
        try text.setDisabled(isDisabled)
      } catch {
        throw .compile(.configuration(ConfigFailure(errors: [error])))
      }
      guard text.isDisabled == isDisabled else { throw .refused("\(desk.file(of: name)) has to be changed by hand") }
      try desk.check(text.text, of: name)
      try desk.write(text, of: name, isNew: false)
      Terminal.show(["\(name) is \(Self.word(isDisabled)) in \(desk.file(of: name))"])
    }
  }

  private static func word(_ isDisabled: Bool) -> String { isDisabled ? "disabled" : "enabled" }
}
