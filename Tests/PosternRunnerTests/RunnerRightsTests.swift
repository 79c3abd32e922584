// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternRunner
import PosternTables
import Testing

@Suite struct RunnerRightsTests {
  static let other = RunnerProgram.Identity(user: 1000, group: 1000, groups: [27])
  static let daemon = RunnerProgram.Identity(user: 990, group: 990)
  static let root = RunnerRights(user: 0, group: 0, mayChange: true, hasOthers: true)
  static let bare = RunnerRights(user: 0, group: 0, mayChange: false, hasOthers: true)
  static let namespace = RunnerRights(user: 0, group: 0, mayChange: true, hasOthers: false)
  static let service = RunnerRights(user: 990, group: 990, mayChange: false, hasOthers: true)

  static let cases: [(String, RunnerRights, RunnerProgram.Account, RunnerRights.Choice)] = [
    ("root, the usual account", root, .runner(daemon), .become(daemon)),
    ("root, no account", root, .runner(nil), .wouldBeRoot),
    ("root, somebody", root, .named(other), .become(other)),
    ("root, root by name", root, .named(.init(user: 0, group: 0)), .become(.init(user: 0, group: 0))),
    ("root without rights", bare, .runner(daemon), .wouldBeRoot),
    ("root without rights, somebody", bare, .named(other), .outOfReach(user: 1000)),
    ("alone in a namespace", namespace, .runner(daemon), .asItself),
    ("alone in a namespace, nobody named", namespace, .runner(nil), .asItself),
    ("alone in a namespace, somebody", namespace, .named(other), .outOfReach(user: 1000)),
    ("a user of its own", service, .runner(nil), .asItself),
    ("a user of its own, the usual account", service, .runner(other), .asItself),
    ("a user of its own, himself", service, .named(daemon), .asItself),
    ("a user of its own, somebody else", service, .named(other), .outOfReach(user: 1000)),
  ]

  @Test(arguments: cases.indices) func choice(_ index: Int) throws {
    let (name, rights, account, expected) = Self.cases[index]
    #expect(rights.choice(for: account) == expected, "\(name)")
    let program = RunnerProgram(name: try #require(Name("x")), words: [.text("/bin/true")], account: account)
    let isGood = !rights.complaints([program]).isEmpty
    switch expected {
    case .asItself, .become: #expect(!isGood && rights.advice([program]).count == 1, "\(name)")
    case .wouldBeRoot, .outOfReach: #expect(isGood && rights.advice([program]).isEmpty, "\(name)")
    }
  }
}
