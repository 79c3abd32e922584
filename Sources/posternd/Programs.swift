// SPDX-License-Identifier: Apache-2.0
import PosternPlatform

/// The executables that stand beside this one.
enum Programs {
  static func path(_ name: String) throws(StartFailure) -> String {
    guard let directory = ExecutablePath.directory else {
      throw StartFailure("cannot tell where posternd itself stands", status: ExitStatus.unavailable)
    }
    return directory + name
  }
}
