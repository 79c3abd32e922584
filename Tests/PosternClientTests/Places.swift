// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternWire
import Testing

/// A directory of its own for one test, removed at the end.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/postern-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ text: String = "", mode: Int = 0o600) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }

  func secret(_ name: String, _ byte: UInt8) throws -> String {
    try file(name, Base64.encode(Array(repeating: byte, count: 32)) + "\n")
  }
}

/// Values from texts that are right.
enum Made {
  static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
  static func service(_ text: String) throws -> Service { try #require(Service(text)) }

  static func builder(_ from: String, _ to: String) throws -> PacketBuilder {
    let (from, to) = (try address(from), try address(to))
    return try #require(PacketBuilder(from: from, to: to))
  }
}

/// A command of this package, run to its end.
struct Command {
  let status: Int32
  let output: Data
  let errors: String

  init(_ name: String, _ arguments: [String], home: String = "/nonexistent", input: Data? = nil) throws {
    let directory = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let process = Process()
    process.executableURL = directory.appendingPathComponent(name)
    process.arguments = arguments
    process.environment = ["HOME": home]
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
    try process.run()
    let writer = Thread {
      try? stdin.fileHandleForWriting.write(contentsOf: input ?? Data())
      try? stdin.fileHandleForWriting.close()
    }
    writer.start()
    output = stdout.fileHandleForReading.readDataToEndOfFile()
    errors = String(decoding: stderr.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
