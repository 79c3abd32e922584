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
    private static let adminDoors = [("inet filter admin4", "192.0.2.1"), ("inet filter admin6", "2001:db8::")]
    private static let insideDoors = [
      ("inet filter inside4", "192.0.2.1 . 10.78.0.10 . tcp . 22"),
      ("inet filter inside6", "2001:db8::1 . 2001:db8:78::10 . tcp . 22"),
    ]
    private static let ownDoors = [("inet filter door4", service4), ("inet filter door6", service6)]

    private static let ledDoors = [
      ("inet filter inside4", "192.0.2.1 . 10.78.0.10 . tcp . 2222"),
      ("inet filter inside6", "2001:db8::1 . fd78::10 . tcp . 2222"),
    ]

    private static let banSets = [
      "banned4": "192.0.2.7", "banned6": "2001:db8::", "banned6_56": "2001:db8::", "banned6_48": "2001:db8::",
      "barred4": "192.0.2.7", "barred4_24": "192.0.2.0", "barred4_16": "192.0.0.0", "barred6": "2001:db8::",
      "barred6_56": "2001:db8::", "barred6_48": "2001:db8::",
    ].map { ("inet postern \($0.key)", $0.value) }

    static let files: [File] = [
      .init(testDescription: "postern.nft", doors: guardDoors),
      .init(testDescription: "examples/own-ruleset.nft", doors: ownDoors + adminDoors),
      .init(testDescription: "examples/gateway.nft", doors: ownDoors + insideDoors),
      .init(testDescription: "examples/near-line.nft", doors: ownDoors + ledDoors),
      .init(testDescription: "examples/debian-nftables.conf", doors: guardDoors, keepsDoors: false),
      .init(testDescription: "examples/beside-docker.nft", doors: guardDoors),
      .init(testDescription: "examples/beside-firewalld.nft", doors: guardDoors),
      .init(testDescription: "examples/sequences.nft", doors: []),
      .init(testDescription: "examples/port-sequences.nft", doors: []),
      .init(testDescription: "examples/fwknop.nft", doors: []),
      .init(testDescription: "examples/doorman.nft", doors: []),
      .init(testDescription: "examples/tumbler.nft", doors: []),
      .init(testDescription: "examples/header-trigger.nft", doors: []),
      .init(testDescription: "examples/syn.nft", doors: []),
      .init(testDescription: "examples/pasmal.nft", doors: []),
      .init(testDescription: "defence.nft", doors: banSets),
      .init(testDescription: "gates.nft", doors: []),
    ]

    /// Loaded behind `postern.nft`; a kernel has use for the first, or for the two others.
    static let filesOfHolds = ["hold.nft", "hold-without-queue.nft", "hold-without-queue.sh"]

    /// FingerprintTests loads it, and loads it again, where the kernel has `osf`.
    static let filesOfFingerprints = ["examples/fingerprint.nft"]

    @Test func everyFileIsTested() throws {
      let found = try FileManager.default.subpathsOfDirectory(atPath: Lab.root + "/nft").filter {
        var isDirectory: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: Lab.root + "/nft/" + $0, isDirectory: &isDirectory)
          && !isDirectory.boolValue
      }
      let tested = Self.files.map(\.testDescription) + Self.filesOfHolds + Self.filesOfFingerprints
      #expect(found.sorted() == tested.sorted())
    }

    /// HoldTests tell what they do.
    @Test(.enabled(if: Hold.obstacle == nil, Comment(rawValue: Hold.obstacle ?? "")))
    func rulesThatHoldLoadAgainAndAgain() throws {
      let lab = try Lab()
      defer { lab.down() }
      func load() throws -> String {
        let file = Hold.hasQueue ? "hold.nft" : "hold-without-queue.nft"
        try lab.loadRules(Lab.root + "/nft/" + file)
        if !Hold.hasQueue { try Shell.must(lab.at(lab.gateway, [Lab.root + "/nft/hold-without-queue.sh"])) }
        return try Shell.must(lab.nft(["-s", "list", "ruleset"]))
      }
      let once = try load()
      #expect(once.contains("knocking4"))
      #expect(try load() == once)
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

    /// The doors that the head of a file describes suit the sets that the file makes.
    @Test(arguments: ["own-ruleset.nft", "gateway.nft", "near-line.nft", "beside-docker.nft"])
    func theHeadIsAConfiguration(_ file: String) throws {
      let lab = try Lab(.init(rules: ["examples/" + file]))
      defer { lab.down() }
      let head = try String(contentsOfFile: Lab.root + "/nft/examples/" + file, encoding: .utf8)
        .split(separator: "\n").prefix { $0.hasPrefix("#") }
      let lines = head.filter { $0.hasPrefix("#   [doors.") || $0.wholeMatch(of: /#   [a-z0-9]+ = .*/) != nil }
        .map { $0.dropFirst(4) }
      let names = lines.compactMap { $0.firstMatch(of: /^\[doors\.([a-z]+)\]/)?.1 }
      try #require(!names.isEmpty)
      try lab.edit("postern.toml") { text in
        text.replacing(/(?s)\[doors\.ssh\].*\[users\.alice\]/, with: lines.joined(separator: "\n") + "\n[users.alice]")
          .replacing("doors = [\"ssh\"]", with: "doors = \(names.map(String.init))")
          .replacing("default = \"ssh\"", with: "default = \"\(names[0])\"")
      }
      let check = ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]
      let result = try Shell.run(lab.at(lab.gateway, check))
      #expect(result.status == 0 && result.errors.contains("the configuration is good"), "\(result)")
    }

    /// Files that share a table are loaded in any order.
    @Test(arguments: [
      "examples/beside-docker.nft", "examples/beside-firewalld.nft", "examples/sequences.nft", "examples/fwknop.nft",
      "defence.nft",
    ])
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
