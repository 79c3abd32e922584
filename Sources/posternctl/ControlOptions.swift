// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl

/// What all questions to the daemon have in common.
struct ControlOptions: ParsableArguments {
  @Option(help: "The daemon's control socket.", completion: .file())
  var socket = "/run/postern/control"

  /// Gives each line of an answer without end; it ends with an error, too.
  func follow(_ request: ControlRequest, _ body: (String) -> Void) throws {
    do throws(ControlError) {
      try ControlClient.follow(request, at: socket, body)
    } catch {
      Terminal.complain("posternctl: \(error)")
      throw ExitCode(error.exit)
    }
  }

  /// The answer; an error becomes one line on standard error and an exit code.
  func ask(_ request: ControlRequest) throws -> ControlAnswer {
    do throws(ControlError) {
      return try ControlClient.ask(request, at: socket)
    } catch {
      Terminal.complain("posternctl: \(error)")
      throw ExitCode(error.exit)
    }
  }
}
