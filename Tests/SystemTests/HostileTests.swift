// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

/// What strangers can send, in any amount and in anybody's name.
extension SystemSuite {
  @Suite struct HostileTests {
    /// Knocks as the client does (at 0, 250, 750 and 1750 ms) while a flood runs; answers the seconds until the door is open.
    private func knockUnder(_ lab: Lab, flood: @escaping @Sendable () -> Void) throws -> Double {
      let running = Thread(block: flood)
      running.start()
      usleep(300_000)
      let sender = try lab.sender()
      let began = Date()
      for wait in [0.0, 0.25, 0.5, 1.0] {
        usleep(UInt32(wait * 1_000_000))
        sender.send(try lab.knock())
        if Shell.wait(seconds: 0.05, { (try? lab.isOpen(lab.clientV4)) == true }) { return Date().timeIntervalSince(began) }
      }
      _ = Shell.wait(seconds: 3) { (try? lab.isOpen(lab.clientV4)) == true }
      return Date().timeIntervalSince(began)
    }

    /// A flood that a test thread sends for three seconds.
    private final class Flood: Sendable {
      private let sender: Sender
      private let packets: [[UInt8]]

      init(_ sender: Sender, _ packets: [[UInt8]]) {
        self.sender = sender
        self.packets = packets
      }

      /// One packet goes out as thousands that differ in their last bytes; several go out as they are, again and again.
      func run() {
        let end = Date().addingTimeInterval(3)
        while Date() < end {
          if packets.count == 1 { sender.flood(packets[0], count: 2000) } else { for packet in packets { sender.send(packet) } }
        }
      }
    }

    @Test func aFloodOfTheRightLengthInTheUsersNameDoesNotKeepHimOut() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let flood = Flood(try lab.sender(), [[UInt8](repeating: 0x5a, count: 184)])
      let seconds = try knockUnder(lab) { flood.run() }
      #expect(seconds < 2)
      #expect((lab.status()?.refused(.wrongTag) ?? 0) > 10_000, "the flood was real")
    }

    @Test func norDoesOneWithRightTags() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      // Made by somebody who has the admission secret: random hints, random rest, right tags.
      let packets = try (0..<4096).map { _ in lab.encoder.tagged(try Randomness.bytes(184)) }
      let flood = Flood(try lab.sender(), packets)
      let seconds = try knockUnder(lab) { flood.run() }
      #expect(seconds < 2)
      let status = try #require(lab.status())
      #expect(status.refused(.duplicate) + status.refused(.overload) + status.refused(.badSeal) > 10_000, "the flood was real")
    }

    @Test func aMillionJunkDatagramsTakeNoMemory() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      let junk = [UInt8](repeating: 0x5a, count: 184)
      sender.flood(junk, count: 20_000)
      #expect(Shell.wait { (lab.status()?.refused(.wrongTag) ?? 0) >= 15_000 })
      let gate = try #require(lab.status()?.gatePID)
      let before = Lab.resident(gate) + Lab.resident(lab.keeperPID)
      sender.flood(junk, count: 1_000_000)
      // What was lost on the way is counted as such.
      #expect(
        Shell.wait(seconds: 20) {
          guard let status = lab.status() else { return false }
          return status.refused(.wrongTag) + status.counter("lost-by-sequence") >= 1_020_000
        })
      let after = Lab.resident(gate) + Lab.resident(lab.keeperPID)
      #expect(after - before < 1024, "\(before) KiB before, \(after) KiB after")
      #expect(lab.status()?.gatePID == gate)
      sender.send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      #expect(after < 32 * 1024, "both daemons together: \(after) KiB")
    }

    /// Nothing leaves the gateway before a door opens: the client's side hears nothing but neighbour discovery.
    @Test(arguments: SilentRuleset.allCases) func silence(_ ruleset: SilentRuleset) throws {
      let lab = try Lab(ruleset.options)
      defer { lab.down() }
      try lab.start()
      let listener = try lab.listen()
      defer { close(listener) }
      // Neighbours know each other before the capture starts.
      for address in [lab.gatewayV4, "fd77::1"] { _ = try Shell.run(lab.at(lab.client, ["ping", "-c1", "-W1", address])) }
      let capture = unsafe support_capture_in("/run/netns/" + lab.client)
      defer { close(capture) }
      try #require(capture >= 0)
      try provoke(lab)
      usleep(500_000)
      #expect(frames(capture) == [], "no answer to anything")
      // The capture works: an open door is heard.
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      #expect(lab.connects())
      #expect(!frames(capture).isEmpty)
    }

    private func provoke(_ lab: Lab) throws {
      let knock = try lab.knock("127.0.0.1")
      for from in [lab.clientV4, lab.clientV6] {
        let sender = try lab.sender(from: from)
        sender.send(knock)
        for length in [0, 1, 183, 185, 1200, 5000] { sender.send([UInt8](repeating: 1, count: length)) }
      }
      for target in [lab.gatewayV4, "fd77::1"] {
        #expect(!lab.connects(target, milliseconds: 200))
        for size in ["0", "56", "184", "1400", "4000"] {
          let ping = try Shell.run(lab.at(lab.client, ["ping", "-c1", "-W0.1", "-s", size, target]))
          #expect(ping.status == 1, "sent and not answered: \(ping)")
        }
      }
      for flags in ["-S", "-A", "-F", "-R", "-FPU", "-SA", "-X", "-Y"] {
        let scan = ["hping3", "-q", "-c", "2", "-i", "u10000", flags, "-p", "22", lab.gatewayV4]
        let hping = try Shell.run(lab.at(lab.client, ["timeout", "-s", "KILL", "0.5"] + scan))
        #expect(hping.status != 127, "\(hping)")
      }
    }

    /// What came in, ARP and neighbour discovery apart, a line a frame.
    private func frames(_ capture: Int32) -> [String] {
      var heard: [String] = []
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = unsafe Int(support_capture_next(capture, &buffer, buffer.count))
        guard count > 0 else { return heard }
        let type = count >= 14 ? UInt16(buffer[12]) << 8 | UInt16(buffer[13]) : 0
        if type == 0x0806 { continue }
        // ICMPv6 types 133...137 and multicast listener reports
        if type == 0x86dd, count > 54, Self.isDiscovery(buffer) { continue }
        heard.append("type \(String(type, radix: 16)): " + Hex.encode(buffer.prefix(min(count, 80))))
      }
    }

    private static func isDiscovery(_ frame: [UInt8]) -> Bool {
      if frame[20] == 58 { return (133...137).contains(frame[54]) || frame[54] == 143 }
      return frame[20] == 0 && frame.count > 62 && frame[54] == 58 && frame[62] == 143
    }
  }
}
