// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternPlatform
import Testing

extension SystemSuite {
  /// How long `postern connect` takes from its knock to the established connection; what the process needs to get so far is told beside.
  @Suite(.enabled(if: Hold.obstacle == nil, Comment(rawValue: Hold.obstacle ?? "")))
  struct ZeroWaitTests {
    /// Debug builds try less, and are given more time: their share is an own one. The machine is shared: of a hundred tries one may meet
    /// somebody else's work, but none of the hundred may cost a second SYN, which `connect` sends after 25 ms.
    private static let isRelease = !Lab.binaries.contains("debug")
    private static let tries = isRelease ? 1000 : 100
    private static let allowance: UInt64 = isRelease ? 2_000_000 : 60_000_000
    private static let allowanceOfOne: UInt64 = isRelease ? 20_000_000 : 60_000_000

    /// Each try starts with a closed door and a sender who has not knocked, and loses no SYN.
    @Test(arguments: [0, 20] as [UInt64]) func connectWithinThreeRoundTrips(_ delay: UInt64) throws {
      let lab = try Lab()
      defer { lab.down() }
      let wire = delay == 0 ? nil : try Wire(in: lab, milliseconds: delay)
      try Hold.install(in: lab, hold: "300ms")
      try lab.start()
      let server = try Server(lab)
      defer { server.stop() }
      let roundTrip = try roundTrip(lab)
      let tries = try Hold.values(Self.tries) { try established(lab) }
      let times = tries.map { $0.connected - $0.knocked }
      #expect(times.count == Self.tries, "each try connects")
      #expect(Hold.percentile(0.95, of: times) <= 3 * roundTrip + Self.allowance, "\(Hold.summary(times))")
      #expect(Hold.percentile(0.99, of: times) <= 3 * roundTrip + Self.allowanceOfOne, "\(Hold.summary(times))")
      #expect((lab.status()?.counter("held-packets") ?? 0) >= Self.tries, "each first packet was held")
      print("zero-wait: \(delay) ms of delay, round trip \(Hold.milliseconds(roundTrip)): \(Hold.summary(times))")
      print("zero-wait: since the start of the process: \(Hold.summary(tries.map(\.connected)))")
      if let wire { print("zero-wait: \(wire.stop())") }
    }

    /// The same without the hold: the first SYN is lost.
    @Test func plainConnectForComparison() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let server = try Server(lab)
      defer { server.stop() }
      let times = try Hold.values(Self.tries / 10) { try established(lab, holds: false)?.connected }
      #expect(times.count == Self.tries / 10)
      print("plain: without the hold: \(Hold.summary(times))")
    }

    /// What a connection through an open door takes.
    private func roundTrip(_ lab: Lab) throws -> UInt64 {
      try lab.sender().send(try lab.knock())
      guard Shell.wait(seconds: 3, { (try? lab.isOpen(lab.clientV4)) == true }) else {
        throw Shell.Failure(description: "no door")
      }
      return Hold.percentile(0.5, of: Hold.times(50) { lab.connects(milliseconds: 900) })
    }

    /// Nanoseconds by the command's own watch.
    private func established(_ lab: Lab, holds: Bool = true) throws -> (knocked: UInt64, connected: UInt64)? {
      try Hold.shut(lab, holds: holds)
      let run = try lab.postern(["connect", "-4", "--verbose", lab.gatewayV4, "22"])
      guard run.status == 0, let knocked = Self.time(of: "knocked", in: run.errors),
        let connected = Self.time(of: "connected", in: run.errors)
      else {
        Issue.record("status \(run.status): \(run.errors)")
        return nil
      }
      return (knocked, connected)
    }

    /// Of the first such line: "postern: 1.23 ms: connected".
    private static func time(of event: String, in text: String) -> UInt64? {
      let line = text.split(separator: "\n").first { $0.contains(" ms: " + event) }
      return line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { UInt64($0 * 1e6) }
    }
  }
}

/// Accepts connections at port 22 of the gateway and ends them.
private final class Server: Sendable {
  private let listener: Int32

  init(_ lab: Lab) throws {
    let listener = try lab.listen()
    self.listener = listener
    Thread {
      while true {
        let stream = accept(listener, nil, nil)
        guard stream >= 0 else { return }
        close(stream)
      }
    }.start()
  }

  /// The thread ends with its listener.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}
