// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternKnock

struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Close all leases of a user, or one lease, and cut sessions.",
    discussion: """
      He can knock again: to shut him out, disable him first. Elements that others hold too stay open, and are named. Sessions live on \
      unless --cut is given: then their next packet, of either end, does not pass. Cutting a session leaves its lease as it is.
      """)

  @OptionGroup var options: ControlOptions

  @Argument(help: "A user, a lease (16 hexadecimal digits) or a session (8 hexadecimal digits).")
  var target: Target

  @Flag(help: "Cut the sessions, too.")
  var cut = false

  @Flag(help: "The word is a user's name, whatever it looks like.")
  var user = false

  @Flag(help: "Print a JSON object.")
  var json = false

  /// What the word means is told by its form.
  struct Target: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
      guard Name(argument) != nil else { return nil }
      text = argument
    }

    func meaning(isUser: Bool) throws -> SessionTarget {
      if !isUser, let lease = LeaseID(text) { return .lease(lease) }
      if !isUser, let session = SessionID(text) { return .session(session) }
      guard let name = Name(text) else { throw ValidationError("\(text) is no name") }
      return .user(name)
    }
  }

  func run() throws {
    let answer = try options.ask(request(target.meaning(isUser: user)))
    Terminal.show(json ? answer.lines : answer.values.flatMap(Self.sentences))
  }

  private func request(_ target: SessionTarget) throws -> ControlRequest {
    guard !cut else { return .cut(target) }
    switch target {
    case .user(let name): return .revoke(name)
    case .lease(let lease): return .close(lease)
    case .session: throw ValidationError("a session is ended with --cut only")
    }
  }

  private static func sentences(_ revocation: JSONValue) -> [String] {
    (revocation["leases"].map { ["\($0.cell) leases closed"] } ?? [])
      + (revocation["sessions"].map { ["\($0.cell) sessions cut"] } ?? [])
      + revocation.list("stays").map { "\($0.cell) stays open: others hold it" }
      + revocation.list("unseen").map {
        "\($0.cell) stays open for others since before the daemon started; the user may share it"
      }
  }
}
