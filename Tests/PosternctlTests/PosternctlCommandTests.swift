// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternPlatform
import PosternWire
import Synchronization
import Testing

/// The command itself, against a daemon played by this test.
@Suite struct PosternctlCommandTests {
  /// Answers one connection; gives the request line.
  private func played(_ answer: String, _ arguments: String) throws -> (run: ShellLine, request: String) {
    let scratch = try Scratch()
    let path = "\(scratch.path)/control"
    let listener = try UnixListener(path: path)
    let request = Mutex("")
    let running = Mutex<ShellLine?>(nil)
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      let run = try? ShellLine("posternctl \(arguments) --socket control", in: scratch)
      running.withLock { $0 = run }
    }
    for _ in 0..<500 {
      guard let connection = try listener.accept() else {
        usleep(10_000)
        continue
      }
      var buffer = [UInt8](repeating: 0, count: 512)
      if case .bytes(let count) = try connection.receive(into: &buffer, waits: true) {
        request.withLock { $0 = String(decoding: buffer[..<count], as: UTF8.self) }
      }
      _ = try Array(answer.utf8).withBytes { bytes in try connection.send(bytes, waits: true) }
      break
    }
    group.wait()
    return (try #require(running.withLock { $0 }), request.withLock { $0 })
  }

  private static let lease =
    #"{"lease":"0123456789abcdef","user":"alice","key":"laptop","door":"ssh","elements":["192.0.2.7 tcp/22"],"seconds-left":9,"ends":"2026-11-23T09:00:00Z"}"#

  @Test func leasesAsATable() throws {
    let (run, request) = try played(Self.lease + "\n{\"done\":true,\"exit\":0}\n", "leases")
    #expect(request == "leases\n")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasSuffix("0123456789abcdef  alice  laptop  ssh   9s    2026-11-23T09:00:00Z  192.0.2.7 tcp/22\n"))
  }

  @Test func leasesAsJSONAreUnchanged() throws {
    let (run, _) = try played(Self.lease + "\n{\"done\":true,\"exit\":0}\n", "leases --json")
    #expect(run.output == Self.lease + "\n")
  }

  @Test func status() throws {
    let (run, request) = try played("{\"generation\":3}\n{\"done\":true,\"exit\":0}\n", "status")
    #expect(request == "status\n")
    #expect(run.output == "generation  3\n")
  }

  @Test func closeOfNoSuchLease() throws {
    let (run, request) = try played(
      "{\"done\":false,\"error\":\"no such \\u001b[31mlease\",\"exit\":65}\n", "close 0123456789abcdef")
    #expect(request == "close 0123456789abcdef\n")
    #expect(run.status == 65)
    #expect(run.errors == "posternctl: no such [31mlease\n")
  }

  @Test func noDaemonAndNoLease() throws {
    let scratch = try Scratch()
    #expect(try ShellLine("posternctl status --socket nowhere", in: scratch).status == 69)
    #expect(try ShellLine("posternctl close 0123 --socket nowhere", in: scratch).status == 64)
  }
}
