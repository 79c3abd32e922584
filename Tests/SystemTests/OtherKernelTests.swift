// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension SystemSuite {
  /// What deploy/kernel looks at, on the kernel of a distribution in a virtual machine.
  ///
  /// POSTERN_VM names a program that is called with a directory and a command, runs the command as root under the other kernel, with this
  /// machine's files in place, and hands on its output and exit status; 124 and 125 mean that the machine itself failed.
  @Suite(.enabled(if: OtherKernel.obstacle == nil, Comment(rawValue: OtherKernel.obstacle ?? "")))
  struct OtherKernelTests {
    @Test(.timeLimit(.minutes(10))) func everyCheckPasses() throws {
      let run = OtherKernel.run
      let lines = run.output.split(separator: "\n")
      for line in lines { print("other kernel: \(line)") }
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(lines.contains { $0.hasPrefix("[ok]") } && !lines.contains { $0.hasPrefix("[no]") })
    }
  }
}

/// The one call of the virtual machine: it takes a minute or more.
private enum OtherKernel {
  static let program = ProcessInfo.processInfo.environment["POSTERN_VM"] ?? ""

  /// Why there is no other kernel; nil when there is.
  static let obstacle: String? = {
    guard !program.isEmpty else { return "POSTERN_VM names no program that runs a command under another kernel" }
    guard run.status != 124, run.status != 125 else { return "the virtual machine does not start: \(run.errors)" }
    return nil
  }()

  static let run: Shell.Result = {
    let directory = NSTemporaryDirectory() + "postern-vm-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      return try Shell.run([program, directory, "POSTERN_BINARIES=\(Lab.binaries) \(Lab.root)/deploy/kernel"])
    } catch {
      return Shell.Result(status: 125, output: "", errors: "\(error)")
    }
  }()
}
