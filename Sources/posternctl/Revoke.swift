// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternKnock

struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Close all leases of a user.",
    discussion: "He can knock again: to shut him out, disable him first. Elements that others hold too stay open, and are named.")

  @OptionGroup var options: ControlOptions

  @Argument(help: "The user.")
  var user: Name

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() throws {
    let answer = try options.ask(.revoke(user))
    Terminal.show(json ? answer.lines : answer.values.flatMap(Self.sentences))
  }

  private static func sentences(_ revocation: JSONValue) -> [String] {
    ["\(revocation.cell("leases")) leases closed"]
      + revocation.list("stays").map { "\($0.cell) stays open: others hold it" }
      + revocation.list("unseen").map {
        "\($0.cell) stays open for others since before the daemon started; the user may share it"
      }
  }
}
