// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternPlatform

extension ParsableCommand {
  /// Runs the command's work; what goes wrong is said in one line, and the exit status is EX_UNAVAILABLE (sysexits.h).
  func reporting<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      StandardError.say("postern-bench: \(error)")
      throw ExitCode(69)
    }
  }
}
