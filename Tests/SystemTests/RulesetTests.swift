// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Every file of `nft/` in a kernel: it checks, it loads, and loading it again changes nothing but what it says.
extension SystemSuite {
  @Suite struct RulesetTests {
    struct File: Sendable, CustomTestStringConvertible {
      var testDescription: String
      /// Table and set, and an element that can stand in it.
      var doors: [(set: String, key: String)]
      var keepsDoors = true
    }

    private static let service4 = "192.0.2.1 . tcp . 22"
    private static let service6 = "2001:db8::1 . tcp . 22"
    private static let guardDoors = [("inet postern door4", service4), ("inet postern door6", service6)]
    private static let gitDoors = [("inet filter git4", service4), ("inet filter git6", service6)]
    private static let ownDoors = [("inet filter door4", service4), ("inet filter door6", service6)]

    static let files: [File] = [
      .init(testDescription: "postern.nft", doors: guardDoors),
      .init(testDescription: "examples/own-ruleset.nft", doors: ownDoors),
      .init(testDescription: "examples/gateway.nft", doors: ownDoors + gitDoors),
      .init(testDescription: "examples/debian-nftables.conf", doors: guardDoors, keepsDoors: false),
      .init(testDescription: "examples/beside-docker.nft", doors: guardDoors),
      .init(testDescription: "examples/beside-firewalld.nft", doors: guardDoors),
    ]

    @Test func everyFileIsTested() throws {
      let found = try FileManager.default.subpathsOfDirectory(atPath: Lab.root + "/nft").filter {
        var isDirectory: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: Lab.root + "/nft/" + $0, isDirectory: &isDirectory)
          && !isDirectory.boolValue
      }
      #expect(found.sorted() == Self.files.map(\.testDescription).sorted())
    }

    @Test(arguments: files) func loadsAgainAndAgain(_ file: File) throws {
      let lab = try Lab(.init(rules: []))
      defer { lab.down() }
      let path = Lab.root + "/nft/" + file.testDescription
      func rules() throws -> String { try Shell.must(lab.nft(["-s", "list", "ruleset"])) }

      try Shell.must(lab.nft(["-c", "-I", lab.directory + "/etc", "-f", path]))
      #expect(try rules().isEmpty, "a check changes nothing")
      try lab.loadRules(path)
      let once = try rules()
      try #require(!once.isEmpty)
      for (set, key) in file.doors {
        try Shell.must(lab.nft(["add", "element"] + words(set) + ["{ \(key) timeout 1h comment \"alice\" }"]))
      }
      try lab.loadRules(path)
      for (set, key) in file.doors {
        let listed = try Shell.must(lab.nft(["list", "set"] + words(set)))
        #expect(listed.contains("\(key) timeout 1h expires") == file.keepsDoors, "\(listed)")
        if file.keepsDoors { try Shell.must(lab.nft(["delete", "element"] + words(set) + ["{ \(key) }"])) }
      }
      #expect(try rules() == once, "nothing is there twice")
    }

    private func words(_ set: String) -> [String] { set.split(separator: " ").map(String.init) }

    /// Files that share a table are loaded in any order.
    @Test(arguments: ["examples/beside-docker.nft", "examples/beside-firewalld.nft"])
    func theOrderDoesNotMatter(_ file: String) throws {
      let lab = try Lab(.init(rules: [file, "postern.nft"]))
      defer { lab.down() }
      // Chains stand in the order of their making, so lines are compared without theirs.
      func lines() throws -> [Substring] {
        try Shell.must(lab.nft(["-s", "list", "table", "inet", "postern"])).split(separator: "\n").sorted()
      }
      let backwards = try lines()
      try Shell.must(lab.nft(["flush", "ruleset"]))
      for file in ["postern.nft", file, "postern.nft", file] { try lab.loadRules(Lab.root + "/nft/" + file) }
      #expect(try lines() == backwards)
    }
  }
}
