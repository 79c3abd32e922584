// SPDX-License-Identifier: Apache-2.0
import PosternControl
import Testing

@Suite struct ControlRoleTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var user: UInt32
    var groups: [UInt32]
    var role: ControlRole?
  }

  static let rows: [Row] = [
    .init(testDescription: "root", user: 0, groups: [], role: .operator),
    .init(testDescription: "the daemon's own user", user: 50, groups: [50], role: .operator),
    .init(testDescription: "operators by their own group", user: 1000, groups: [100], role: .operator),
    .init(testDescription: "operators by a further group", user: 1000, groups: [1000, 4, 100], role: .operator),
    .init(testDescription: "viewers", user: 1000, groups: [1000, 200], role: .viewer),
    .init(testDescription: "both", user: 1000, groups: [200, 100], role: .operator),
    .init(testDescription: "strangers", user: 1000, groups: [1000, 0, 50], role: nil),
    .init(testDescription: "no groups at all", user: 1000, groups: [], role: nil),
  ]

  @Test(arguments: rows) func whoIsWhat(_ row: Row) {
    #expect(ControlAccess(owner: 50, operators: 100, viewers: 200).role(user: row.user, groups: row.groups) == row.role)
  }

  @Test func withoutGroupsOnlyRootAndTheOwner() {
    let access = ControlAccess(owner: 50, operators: nil, viewers: nil)
    #expect(access.role(user: 1000, groups: [0, 50, 100, 200]) == nil)
    #expect(access.role(user: 0, groups: []) == .operator && access.role(user: 50, groups: []) == .operator)
  }
}
