// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform

/// The gate: reads hostile bytes, and has no rights. Started by the keeper only.
@main
enum PosternGateMain {
  static func main() {
    guard let launch = GateLaunch(arguments: Array(CommandLine.arguments.dropFirst())) else {
      Complaint.write("started by posternd only")
      exit(64)
    }
    do {
      var process = try GateProcess(launch)
      try process.run()
    } catch {
      Complaint.write("\(error)")
      exit(70)
    }
  }
}

/// Lines on standard error; the keeper lends its own.
enum Complaint {
  static func write(_ text: String) { StandardError.say("postern-gate: \(text)") }
}
