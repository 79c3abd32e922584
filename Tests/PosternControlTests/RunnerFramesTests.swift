// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire
import Testing

@Suite struct RunnerFramesTests {
  static func call(_ v6: Bool = false) -> ActionCall {
    ActionCall(
      program: 0x0102, occasion: .close, user: Name("alice"), key: Name("laptop"),
      door: Name("a-door-whose-name-has-32-letters"), source: IPAddress(v6 ? "2001:db8::7" : "192.0.2.7"),
      port: Port(4096), lease: LeaseID(0x1122_3344_5566_7788), seconds: 30)
  }

  static func requests() -> [RunnerRequest] {
    [
      .run(call(), 7), .serve(call(true), .max), .run(ActionCall(program: 0, occasion: .ban), 0),
      .endService(program: 3, lease: LeaseID(0)), .retire,
    ]
  }

  static func reports() throws -> [RunnerReport] {
    let output = Array("hello".utf8)
    let peer = try #require(IPAddress("2001:db8::7"))
    return [
      .ready(pid: 4711), .serving(7), .ended(1, ActionEnd(.exited(3), milliseconds: 12, output: output, outputCount: 5000)),
      .ended(2, ActionEnd(.killed(9), peer: peer, peerPort: Port(1024))), .ended(3, ActionEnd(.timedOut)),
      .ended(4, ActionEnd(.notStarted(.execute, errno: 2))), .ended(5, ActionEnd(.startedBefore)), .ended(6, ActionEnd(.busy)),
      .ended(7, ActionEnd(.serviceEnded)), .ended(8, ActionEnd(.unseen)),
      .ended(9, ActionEnd(.exited(0), output: [UInt8](repeating: 0xff, count: RunnerReport.outputLimit))),
    ]
  }

  private static func request(_ bytes: [UInt8]) -> RunnerRequest? {
    try? bytes.withBytes { bytes throws(WireError) in try RunnerRequest(decoding: bytes) }
  }

  private static func report(_ bytes: [UInt8]) -> RunnerReport? {
    try? bytes.withBytes { bytes throws(WireError) in try RunnerReport(decoding: bytes) }
  }

  @Test func requestBytes() {
    let text = Hex.encode(RunnerRequest.run(Self.call(), 7).encoded)
    func padded(_ name: String) -> String { Hex.encode(Array(name.utf8)) + String(repeating: "00", count: 32 - name.utf8.count) }
    #expect(
      text == "01010102" + "0000001e" + "0000000000000007" + "1122334455667788" + "021f1000" + "00000000"
        + "c0000207" + String(repeating: "0", count: 24) + padded("alice") + padded("laptop")
        + padded("a-door-whose-name-has-32-letters"))
  }

  @Test func roundTrips() throws {
    for request in Self.requests() {
      #expect(request.encoded.count == RunnerRequest.byteCount)
      #expect(Self.request(request.encoded) == request)
    }
    for report in try Self.reports() { #expect(Self.report(report.encoded) == report) }
  }

  @Test func everyTruncationIsRefused() throws {
    for request in Self.requests() {
      let bytes = request.encoded
      for length in bytes.indices { #expect(Self.request(Array(bytes[..<length])) == nil) }
      #expect(Self.request(bytes + [0]) == nil)
    }
    for report in try Self.reports() {
      let bytes = report.encoded
      for length in bytes.indices { #expect(Self.report(Array(bytes[..<length])) == nil) }
      #expect(Self.report(bytes + [0]) == nil)
    }
  }

  /// A flipped bit is refused or is another value, which has that form only.
  @Test func everyFlippedBitIsRefusedOrMeansSomethingElse() throws {
    for request in Self.requests() {
      Self.flips(of: request.encoded) { flipped in
        guard let other = Self.request(flipped) else { return }
        #expect(other != request && other.encoded == flipped)
      }
    }
    for report in try Self.reports() {
      Self.flips(of: report.encoded) { flipped in
        guard let other = Self.report(flipped) else { return }
        #expect(other != report && other.encoded == flipped)
      }
    }
  }

  private static func flips(of bytes: [UInt8], _ check: ([UInt8]) -> Void) {
    for place in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[place] ^= 1 << UInt8(bit)
        check(flipped)
      }
    }
  }

  @Test func moreOutputThanIsKeptIsCut() throws {
    let long = ActionEnd(.exited(0), output: [UInt8](repeating: 1, count: 9000), outputCount: 9000)
    guard case .ended(_, let read) = try #require(Self.report(RunnerReport.ended(1, long).encoded)) else { return }
    #expect(read.output.count == RunnerReport.outputLimit && read.outputCount == 9000)
  }

  @Test func launchWords() {
    for launch in [RunnerLaunch.keep, .run] { #expect(RunnerLaunch(arguments: launch.arguments) == launch) }
    for words in [[], ["other"], ["run", "keep"]] { #expect(RunnerLaunch(arguments: words) == nil) }
  }
}
