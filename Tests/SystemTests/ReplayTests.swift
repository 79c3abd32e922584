// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import Testing

/// A captured knock opens nothing, whatever happens to the daemons in between.
extension SystemSuite {
  @Suite struct ReplayTests {
    /// Opens with a fresh knock, closes its lease again, and gives the captured bytes.
    private func spend(_ lab: Lab, _ sender: Sender, skew: Double = 0) throws -> [UInt8] {
      let knock = try lab.knock(stamp: lab.freshStamp(skew: skew))
      sender.send(knock)
      try #require(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      sender.send(try lab.knock(action: .close))
      try #require(Shell.wait { (try? lab.isOpen(lab.clientV4)) == false })
      return knock
    }

    /// The captured knock is refused for this reason, and nothing opens.
    private func refused(_ lab: Lab, _ sender: Sender, _ knock: [UInt8], as denial: Denial) throws -> Bool {
      let before = lab.status()?.refused(denial) ?? 0
      sender.send(knock)
      guard Shell.wait(seconds: 3, { (lab.status()?.refused(denial) ?? 0) > before }) else { return false }
      return try !lab.isOpen(lab.clientV4)
    }

    @Test func atOnceAndFromAnotherSource() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      let knock = try spend(lab, sender)
      #expect(try refused(lab, sender, knock, as: .duplicate))
      #expect(try refused(lab, try lab.sender(from: "10.77.0.3"), knock, as: .duplicate))
      #expect(try refused(lab, try lab.sender(from: lab.clientV6), knock, as: .duplicate))
      sender.send(try lab.knock())
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true }, "a fresh one opens")
    }

    @Test(arguments: [0.0, 10.0]) func afterTheGateDied(_ skew: Double) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      let knock = try spend(lab, sender, skew: skew)
      let gate = try #require(lab.status()?.gatePID)
      kill(gate, SIGKILL)
      #expect(lab.hasNewGate(after: gate))
      #expect(try refused(lab, sender, knock, as: .replay))
      #expect(lab.auditEvents("gate-restart").count == 1)
      sender.send(try lab.knock(stamp: lab.freshStamp(skew: skew)))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true }, "a fresh one opens")
    }

    @Test(arguments: [0.0, 10.0], [true, false]) func afterARestart(_ skew: Double, _ isKilled: Bool) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      let knock = try spend(lab, sender, skew: skew)
      isKilled ? lab.killKeeper() : lab.stop()
      try lab.start(newGateway: false)
      #expect(try refused(lab, sender, knock, as: .replay))
      sender.send(try lab.knock(stamp: lab.freshStamp(skew: skew)))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true }, "a fresh one opens")
    }

    /// Without the ring nothing is known of the past: everything that could have been accepted before the start stays refused.
    @Test(arguments: [0.0, 10.0]) func afterTheRingWasDeleted(_ skew: Double) throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      let knock = try spend(lab, sender, skew: skew)
      lab.stop()
      try FileManager.default.removeItem(atPath: lab.directory + "/replay.ring")
      try lab.start(newGateway: false)
      #expect(lab.auditEvents("fence").last?["ring"] as? String == "fenced-missing")
      #expect(try refused(lab, sender, knock, as: .belowFloor))
      sender.send(try lab.knock())
      #expect(!Shell.wait(seconds: 1) { (try? lab.isOpen(lab.clientV4)) == true }, "the fence holds back fresh ones too")
      // Fifteen seconds after the start the fence has no more to say.
      #expect(
        Shell.wait(seconds: 20) {
          guard let knock = try? lab.knock() else { return false }
          sender.send(knock)
          usleep(200_000)
          return (try? lab.isOpen(lab.clientV4)) == true
        })
    }

    @Test func aDamagedRingRaisesTheFence() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      lab.stop()
      // A damaged ring: the fence.
      let path = lab.directory + "/replay.ring"
      let size = try #require((try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int))
      try Data([UInt8](repeating: 0xa5, count: size)).write(to: URL(fileURLWithPath: path))
      try lab.start(newGateway: false)
      #expect(lab.auditEvents("fence").last?["ring"] as? String == "fenced-damaged")
      try lab.sender().send(try lab.knock())
      #expect(!Shell.wait(seconds: 1) { (try? lab.isOpen(lab.clientV4)) == true })
    }
  }
}
