// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import Testing

/// Programs that tests start.
enum Programs {
  /// Beside the test program.
  static var confinementProbe: String {
    let own = CommandLine.arguments[0]
    return (own.lastIndex(of: "/").map { own[...$0] } ?? "./") + "ConfinementProbe"
  }

  /// The end of a program and what it wrote on its standard output.
  static func run(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> (end: SpawnedProcess.End, output: String) {
    var ends: [CInt] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    let reader = OwnedDescriptor(owning: ends[0])
    let child = try start(path, arguments, environment, output: OwnedDescriptor(owning: ends[1]))
    let output = try readAll(reader)
    return (try child.wait(), output)
  }

  private static func start(
    _ path: String, _ arguments: [String], _ environment: [String: String], output: consuming OwnedDescriptor
  ) throws(PlatformError) -> SpawnedProcess {
    try SpawnedProcess(path, arguments: arguments, environment: environment, descriptors: [.init(output, as: 1)])
  }

  static func readAll(_ source: borrowing OwnedDescriptor) throws(PlatformError) -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let number = source.number
    while true {
      let count = try SystemCall.value("read") { unsafe read(number, &buffer, buffer.count) }
      guard count > 0 else { return String(decoding: all, as: UTF8.self) }
      all += buffer.prefix(count)
    }
  }
}
