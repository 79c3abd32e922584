// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import PosternControl
internal import PosternKnock
internal import PosternPlatform

struct Events: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show events of the audit.",
    discussion: """
      Without files the daemon tells the newest events since its start, which takes no right on the audit's file. With files \
      (`-` is standard input) these are read, oldest first.
      """)

  /// What `-f` shows of the past when nothing else is asked for.
  private static let usualLines: UInt32 = 10

  @OptionGroup var options: ControlOptions

  @Flag(name: .shortAndLong, help: "Go on with the events that come.")
  var follow = false

  @Option(help: "Only events of this user.")
  var user: Name?

  @Option(help: "Only events at this door.")
  var door: Name?

  @Option(help: "Only events of this kind; may be given again.")
  var event: [EventKind] = []

  @Option(help: "Only events since then: 2026-11-24T08:00:00Z, or so long ago: 30s, 10m, 1h, 1d.")
  var since: Moment?

  @Option(name: [.customShort("n"), .long], help: "Of the past only the newest so many.")
  var lines: UInt32?

  @Flag(help: "Print the events as the audit has them, one JSON object a line.")
  var json = false

  @Flag(help: "Check that no line of the files is missing; exit status 1 if one is.")
  var verify = false

  @Argument(help: "Audit files in their order, instead of the daemon.", completion: .file())
  var files: [String] = []

  func validate() throws {
    guard !follow || files.isEmpty else { throw ValidationError("-f follows the daemon, not files") }
    guard lines == nil || files.isEmpty else { throw ValidationError("-n counts the daemon's events, not those of files") }
    guard verify else { return }
    guard !files.isEmpty else { throw ValidationError("--verify needs the audit's files") }
    guard filter == EventFilter() else { throw ValidationError("--verify looks at all events") }
  }

  func run() throws {
    if verify { return try AuditVerification(json: json).run(files) }
    guard files.isEmpty else { return try show(files) }
    let query = EventQuery(filter: filter, last: last, follows: follow)
    guard follow else { return try options.ask(.events(query)).lines.forEach(show) }
    try options.follow(.events(query), show)
  }

  private var last: UInt32? { lines ?? (follow && since == nil ? Self.usualLines : nil) }

  private var filter: EventFilter { EventFilter(user: user, door: door, kinds: Set(event), since: since?.time) }

  private func show(_ line: String) { Terminal.show([json ? line : EventLine(line)?.text ?? line]) }

  private func show(_ files: [String]) throws {
    let filter = filter
    for file in files {
      try AuditFile.read(file) { line in
        let text = String(decoding: line.bytes, as: UTF8.self)
        if EventLine(text)?.passes(filter) == true { show(text) }
      }
    }
  }
}
