// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternClient
import PosternKnock
import Testing

@Suite struct StampFileTests {
  @Test func followsTheClockAndNeverRepeats() throws {
    let scratch = try Scratch()
    let file = StampFile(path: "\(scratch.path)/stamp")
    let nows: [UInt64] = [1000, 1000, 1000, 5000, 10, 5001, 5003]
    let stamps = try nows.map { try file.next(now: Timestamp(nanoseconds: $0)).nanoseconds }
    #expect(stamps == [1000, 1001, 1002, 5000, 5001, 5002, 5003])
  }

  @Test func remembersBetweenProcesses() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/stamp"
    #expect(try StampFile(path: path).next(now: Timestamp(nanoseconds: .max - 5)).nanoseconds == .max - 5)
    #expect(try StampFile(path: path).next(now: .zero).nanoseconds == .max - 4)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  /// Each call opens the file anew, so the lock stands between threads as it does between processes.
  @Test func strictlyGrowingUnderConcurrency() throws {
    let scratch = try Scratch()
    let file = StampFile(path: "\(scratch.path)/stamp")
    let collected = Collected()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      var own: [UInt64] = []
      for _ in 0..<200 { if let stamp = try? file.next(now: Timestamp(nanoseconds: 42)) { own.append(stamp.nanoseconds) } }
      collected.add(own)
    }
    #expect(collected.all.count == 1600)
    #expect(Set(collected.all).count == 1600)
    #expect(collected.runs.allSatisfy { zip($0, $0.dropFirst()).allSatisfy(<) })
  }

  @Test(arguments: ["x\n", "12", "-5\n", "12\n13\n", "99999999999999999999\n", "18446744073709551615\n"])
  func aDamagedFileIsRefused(_ text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("stamp", text)
    #expect(throws: ClientError.self) { try StampFile(path: path).next(now: Timestamp(nanoseconds: 1)) }
  }

  @Test func anEmptyFileIsANewOne() throws {
    let scratch = try Scratch()
    #expect(try StampFile(path: scratch.file("stamp")).next(now: Timestamp(nanoseconds: 7)).nanoseconds == 7)
  }

  private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var runs: [[UInt64]] = []
    var all: [UInt64] { runs.flatMap(\.self) }
    func add(_ run: [UInt64]) { lock.withLock { runs.append(run) } }
  }
}
