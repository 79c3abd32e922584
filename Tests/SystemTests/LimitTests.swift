// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import Testing

/// Hours and uses of a key: what is over is refused with a reason of its own.
extension SystemSuite {
  @Suite struct LimitTests {
    private func expectRefusal(_ denial: Denial, _ lab: Lab) {
      #expect(Shell.wait { lab.auditEvents("refusal").contains { $0["reason"] as? String == denial.description } })
      #expect(Shell.wait { (lab.status()?.refused(denial) ?? 0) == 1 })
    }

    @Test func usesAreCounted() throws {
      let lab = try Lab(.init(extra: "uses = 2"))
      defer { lab.down() }
      try lab.start()
      for _ in 0..<4 { try lab.sender().send(try lab.knock()) }
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      try lab.sender().send(try lab.knock("10.77.0.3"))
      #expect(Shell.wait { (try? lab.isOpen("10.77.0.3")) == true })
      try lab.sender().send(try lab.knock("10.77.0.4"))
      expectRefusal(.usesSpent, lab)
      #expect(try !lab.isOpen("10.77.0.4"))
    }

    @Test func hoursAreKept() throws {
      let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
      let today = Int(Date().timeIntervalSince1970) / 86_400 + 4
      let lab = try Lab(.init(extra: "hours = [\"\(days[(today + 3) % 7])\"]"))
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      expectRefusal(.outsideHours, lab)
      #expect(try !lab.isOpen(lab.clientV4))
    }
  }
}
