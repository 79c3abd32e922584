// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs programs for the tests.
enum Shell {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a program to its end; output goes through files, so that no pipe can fill up.
  static func run(_ words: [String], input: String? = nil) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let directory = FileManager.default.temporaryDirectory
    let base = directory.appendingPathComponent("postern-run-\(UUID().uuidString)").path
    defer { for suffix in [".out", ".err", ".in"] { _ = unsafe unlink(base + suffix) } }
    for suffix in [".out", ".err"] { _ = FileManager.default.createFile(atPath: base + suffix, contents: nil) }
    _ = FileManager.default.createFile(atPath: base + ".in", contents: Data((input ?? "").utf8))
    process.standardOutput = FileHandle(forWritingAtPath: base + ".out")
    process.standardError = FileHandle(forWritingAtPath: base + ".err")
    process.standardInput = FileHandle(forReadingAtPath: base + ".in")
    try process.run()
    process.waitUntilExit()
    func text(_ suffix: String) -> String { (try? String(contentsOfFile: base + suffix, encoding: .utf8)) ?? "" }
    return Result(status: process.terminationStatus, output: text(".out"), errors: text(".err"))
  }

  /// Runs a program that has to succeed; answers its output.
  @discardableResult
  static func must(_ words: [String], input: String? = nil) throws -> String {
    let result = try run(words, input: input)
    guard result.status == 0 else {
      throw Failure(description: "\(words.joined(separator: " ")): status \(result.status): \(result.errors)\(result.output)")
    }
    return result.output
  }

  /// Waits until `condition` holds; false when it does not within the time.
  static func wait(seconds: Double = 5, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
      if try condition() { return true }
      usleep(5000)
    }
    return try condition()
  }
}
