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

  private static let done = #"{"done":true,"exit":0}"# + "\n"

  @Test func openExtendAndRevoke() throws {
    let open = try played(Self.lease + "\n" + Self.done, "open alice/laptop ssh 192.0.2.7 2001:db8::7 --for 10m")
    #expect(open.request == "open alice/laptop ssh 600 192.0.2.7 2001:db8::7\n")
    #expect(open.run.status == 0 && open.run.output.contains("0123456789abcdef"))
    let extend = try played(Self.lease + "\n" + Self.done, "extend 0123456789abcdef --by 1h --json")
    #expect(extend.request == "extend 0123456789abcdef by 3600\n" && extend.run.output == Self.lease + "\n")
    let revoke = try played(
      #"{"user":"alice","leases":2,"stays":["192.0.2.7 tcp/22"],"unseen":[]}"# + "\n" + Self.done, "revoke alice")
    #expect(revoke.request == "revoke alice\n")
    #expect(revoke.run.output == "2 leases closed\n192.0.2.7 tcp/22 stays open: others hold it\n")
  }

  @Test func eventsAreAskedForWithTheirFilters() throws {
    let event = #"{"time":"2027-01-15T08:00:00.000Z","event":"grant","user":"alice"}"#
    let (run, request) = try played(
      event + "\n" + Self.done, "events --user alice --door ssh --event lease-end --event grant --since 2027-01-15T08:00:00Z -n 5"
    )
    #expect(request == "events user alice door ssh event grant,lease-end since 1800000000000000000 last 5\n")
    #expect(run.status == 0 && run.output == "2027-01-15T08:00:00.000Z  grant            alice\n")
  }

  /// The daemon hangs up in the end: the lines came out as they were, and the exit status says that it is gone.
  @Test func followedEventsComeUntilTheDaemonEnds() throws {
    let event = #"{"time":"2027-01-15T08:00:00.000Z","event":"grant","user":"alice"}"#
    let (run, request) = try played(event + "\n" + event + "\n", "events -f --json")
    #expect(request == "events follow last 10\n")
    #expect(run.status == 69 && run.output == event + "\n" + event + "\n")
    let (cut, _) = try played(event + "\n" + #"{"done":false,"error":"too slow","exit":75}"# + "\n", "events -f")
    #expect(cut.status == 75 && cut.errors == "posternctl: too slow\n")
  }

  @Test func verifyFindsWhatIsMissing() throws {
    let scratch = try Scratch()
    func line(_ sequence: Int) -> String {
      #"{"seq":\#(sequence),"run":"0000000000000001","boot":"00000002","time":"2027-01-15T08:00:00.000Z","event":"stop"}"# + "\n"
    }
    _ = try scratch.file("old", line(1) + line(2))
    _ = try scratch.file("new", line(3) + line(5))
    _ = try scratch.file("good", line(3) + line(4))
    let bad = try ShellLine("posternctl events --verify old new", in: scratch)
    #expect(bad.status == 1)
    #expect(bad.output == "new:2: 4 to 4 are missing (1)\n4 lines, from 1 to 5: 1 findings\n")
    let good = try ShellLine("cat old | posternctl events --verify - good", in: scratch)
    #expect(good.status == 0 && good.output == "4 lines, from 1 to 4: nothing is missing\n")
    let json = try ShellLine("posternctl events --verify --json new", in: scratch)
    #expect(json.output.hasPrefix(#"{"file":"new","line":2,"finding":"gap","#))
    #expect(try ShellLine("posternctl events --verify nowhere", in: scratch).status == 66)
    #expect(try ShellLine("posternctl events --event stop old", in: scratch).output.split(separator: "\n").count == 2)
    #expect(try ShellLine("posternctl events --event grant old", in: scratch).output.isEmpty)
  }

  @Test(arguments: [
    "open alice ssh", "open Alice ssh 192.0.2.7", "open alice ssh 192.0.2.300", "open alice ssh 192.0.2.7 --for 0s",
    "open alice ssh 192.0.2.7 --for 10", "extend 0123456789abcdef", "extend 0123456789abcdef --by 1m --for 1m", "revoke",
    "events -f x",
    "events --verify", "events --verify --user alice x", "events --event bang", "events --since yesterday", "events -n 3 x",
  ])
  func wordsThatMakeNoSense(_ words: String) throws {
    #expect(try ShellLine("posternctl \(words)", in: try Scratch()).status == 64)
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
