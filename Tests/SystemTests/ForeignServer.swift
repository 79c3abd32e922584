// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A knock server of another project, run on the gateway of a lab; it ends with `end()`.
final class ForeignServer {
  /// Why there can be none here; nil when there can. Debian keeps both out of an ordinary user's PATH.
  static func obstacle(_ program: String) -> String? {
    let found = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"].contains { unsafe access("\($0)/\(program)", X_OK) == 0 }
    return found ? nil : "no \(program): install its package"
  }

  private let process: Process
  private let output: String

  init(_ words: [String], in lab: Lab, log: String) throws {
    output = "\(lab.directory)/\(log)"
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = lab.at(lab.gateway, ["setpriv", "--pdeathsig", "KILL", "--"] + words)
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let handle = FileHandle(forWritingAtPath: output)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit { end() }

  var log: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
  var isRunning: Bool { process.isRunning }

  /// Kills it with all that it started, which is a process group: as long as one of them lives, it counts as running. Bounded.
  func end() {
    guard process.isRunning else { return }
    for target in [-process.processIdentifier, process.processIdentifier] { kill(target, SIGKILL) }
    _ = Shell.wait(seconds: 2) { !process.isRunning }
  }
}
