// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform

/// Questions to whoever sits at the terminal of this session; standard input and output may belong to a stream.
enum Question {
  /// Longer answers are refused.
  static let maximumBytes = 1024

  /// The line that is typed; `thing` names it where there is no terminal, and nobody to ask.
  static func ask(_ prompt: String, for thing: String, showing: Bool) throws(ClientError) -> [UInt8] {
    do throws(PlatformError) {
      return try SessionTerminal().ask(prompt, showing: showing, limit: maximumBytes)
    } catch {
      guard !SessionTerminal.isMissing(error) else {
        throw .noTerminal("there is no terminal at which \(thing) could be asked for")
      }
      throw .system(operation: error.operation, reason: ClientError.reason(error.code))
    }
  }
}
