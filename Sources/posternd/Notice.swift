// SPDX-License-Identifier: Apache-2.0
import PosternPlatform

/// Lines for the operator on standard error, where a service manager collects them.
enum Notice {
  static func write(_ text: String) {
    for line in text.split(separator: "\n") { StandardError.say("posternd: \(line)") }
  }
}
