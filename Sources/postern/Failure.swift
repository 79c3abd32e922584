// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternPlatform

/// Runs the body of a command: an error becomes one line on standard error and an exit code of sysexits.h.
func reporting(_ body: () throws(ClientError) -> Void) throws {
  do throws(ClientError) {
    try forbidDumps()
    try body()
  } catch {
    say(error.description)
    throw ExitCode(error.exitCode)
  }
}

/// Keys, codes and what is typed shall reach no core file.
private func forbidDumps() throws(ClientError) {
  do throws(PlatformError) {
    try ProcessHardening.forbidDumps()
  } catch {
    throw .system(operation: "forbidding core dumps", reason: error.description)
  }
}

/// One line on standard error; standard output belongs to keys and to the stream.
func say(_ text: String) { StandardError.say("postern: \(text)") }
