// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import PosternPlatform

/// Run by the daemon as a short-lived child: all that parses configuration and reads key files happens here.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a configuration into the tables of gate and keeper (for posternd).", shouldDisplay: false)

  @Option(help: "The open descriptor that takes the gate's tables.")
  var gateFd: Int32

  @Option(help: "The open descriptor that takes the keeper's tables.")
  var keeperFd: Int32

  @Argument(help: "The configuration file.", completion: .file())
  var config: String

  func validate() throws {
    guard gateFd > STDERR_FILENO, keeperFd > STDERR_FILENO, gateFd != keeperFd else {
      throw ValidationError("the descriptors are two different ones above 2")
    }
  }

  func run() throws {
    do throws(CompileError) {
      try harden()
      var tables = try CompiledConfiguration(path: config)
      defer { tables.erase() }
      try tables.write(gate: gateFd, keeper: keeperFd)
    } catch {
      for line in error.lines { Terminal.complain(line) }
      throw ExitCode(error.exit)
    }
  }

  private func harden() throws(CompileError) {
    do throws(PlatformError) {
      try ProcessHardening.forbidDumps()
      try ProcessHardening.forbidNewPrivileges()
    } catch {
      throw .system(error)
    }
  }
}
