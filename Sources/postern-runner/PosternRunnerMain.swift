// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform

/// The runner: starts programs of a fixed table, by number. Started by the keeper only.
@main
enum PosternRunnerMain {
  static func main() {
    guard let launch = RunnerLaunch(arguments: Array(CommandLine.arguments.dropFirst())) else {
      Complaint.write("started by posternd only")
      exit(64)
    }
    ProcessHardening.survivePipes()
    do {
      try ProcessHardening.forbidDumps()
      try ProcessHardening.forbidNewPrivileges()
      switch launch {
      case .keep: try RightsKeeper.serve()
      case .run:
        var process = try RunnerProcess()
        try process.run()
      }
    } catch {
      Complaint.write("\(error)")
      exit(70)
    }
  }
}

/// Lines on standard error; the keeper lends its own.
enum Complaint {
  static func write(_ text: String) { StandardError.say("postern-runner: \(text)") }
}
