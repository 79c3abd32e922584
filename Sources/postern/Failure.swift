// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient
internal import PosternPlatform

/// Runs the body of a command: an error becomes one line on standard error and an exit code of sysexits.h.
func reporting(_ body: () throws(ClientError) -> Void) throws {
  do throws(ClientError) {
    try body()
  } catch {
    say(error.description)
    throw ExitCode(error.exitCode)
  }
}

/// One line on standard error; standard output belongs to keys and to the stream.
func say(_ text: String) { StandardError.say("postern: \(text)") }
