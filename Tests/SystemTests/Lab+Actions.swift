// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation

/// Programs that doors start, and what they left.
extension Lab {
  /// Nobody, where there is somebody to become; in a user namespace of one user the daemon's own.
  static let stranger: (line: String, id: UInt32) = {
    let map = (try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8)) ?? ""
    let count = map.split(separator: "\n").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    return count > 1 ? ("user = \"nobody\"", 65_534) : ("", 0)
  }()

  /// A lab whose door `ssh` has these lines besides, and these actions. PLACE stands for the lab's directory.
  convenience init(door: String, actions: String, _ options: Options = Options()) throws {
    var options = options
    options.extra += "\n" + actions
    try self.init(options)
    try edit("postern.toml") { text in
      text.replacingOccurrences(of: "[doors.ssh]\n", with: "[doors.ssh]\n\(door)\n")
        .replacingOccurrences(of: "PLACE", with: directory).replacingOccurrences(of: "NOBODY", with: Self.stranger.line)
    }
    // What programs write as nobody.
    try FileManager.default.createDirectory(atPath: directory + "/out", withIntermediateDirectories: false)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory + "/out")
  }

  /// The `action` events of one action, in their order.
  func actions(_ name: String) -> [[String: Any]] { auditEvents("action").filter { $0["action"] as? String == name } }

  /// The lines of a file that programs write to.
  func written(_ file: String) -> [String] {
    let text = (try? String(contentsOfFile: directory + "/out/" + file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  var runnerPID: Int32 {
    guard let line = ask("status")?.first,
      let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    else { return 0 }
    return Int32(object["runner-pid"] as? Int ?? 0)
  }

  /// Waits until a runner is ready, another than `other`.
  func waitForRunner(otherThan other: Int32 = 0) throws -> Int32 {
    // Read once: zero, which it is between two runners, would have a signal reach this test and all beside it.
    var found: Int32 = 0
    let isReady = Shell.wait(seconds: 5) {
      found = runnerPID
      return found > 0 && found != other
    }
    guard isReady else { throw Shell.Failure(description: "no runner: \(log)") }
    return found
  }

  /// What the gateway answers to somebody on it itself: 0 where somebody listens.
  func answerInside(_ port: UInt16, _ address: String = "127.0.0.1") -> Int32 {
    unsafe support_answer_in("/run/netns/" + gateway, address, port, 300)
  }
}
