// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternKnock
internal import PosternPlatform

struct User: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add, disable, enable and remove users who have a file of their own in users.d.",
    discussion: "Nothing changes for a running daemon before `posternctl reload`.",
    subcommands: [UserAdd.self, UserDisable.self, UserEnable.self, UserRemove.self])
}

/// Which configuration, and which user of it.
struct UserOptions: ParsableArguments {
  @Option(name: [.customShort("c"), .customLong("config")], help: "The configuration file.", completion: .file())
  var config = "/etc/postern/postern.toml"

  @Argument(help: "The user's name.", transform: ArgumentName.parse)
  var name: Name

  /// Runs `body` with the users' directory locked; an error becomes lines on standard error and an exit code.
  func work(_ body: (borrowing UserDesk) throws(UserError) -> Void) throws {
    do throws(UserError) {
      try Self.harden()
      try body(UserDesk(configuration: config))
    } catch {
      for line in error.lines { Terminal.complain(line) }
      throw ExitCode(error.exit)
    }
    Terminal.complain("posternctl: a running daemon takes it up with `posternctl reload`")
  }

  private static func harden() throws(UserError) {
    do throws(PlatformError) {
      try ProcessHardening.forbidDumps()
    } catch {
      throw .compile(.system(error))
    }
  }
}

/// Names on the command line.
enum ArgumentName {
  static func parse(_ text: String) throws -> Name {
    guard let name = Name(text) else {
      throw ValidationError("a name is made of a-z, 0-9, '.', '_' and '-', at most \(Name.maximumLength) of them")
    }
    return name
  }
}
