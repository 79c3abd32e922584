// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternPlatform
import Testing

/// `posternd -t` and what it says.
extension SystemSuite {
  @Suite struct ConfigurationTests {
    private func check(_ lab: Lab) throws -> Shell.Result {
      try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
    }

    private func edit(_ lab: Lab, _ change: (String) -> String) throws {
      let path = lab.directory + "/postern.toml"
      try change(try String(contentsOfFile: path, encoding: .utf8)).write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func goodIsZero() throws {
      let lab = try Lab()
      defer { lab.down() }
      let result = try check(lab)
      #expect(result.status == 0, "\(result)")
      #expect(result.errors.contains("the configuration is good"))
      #expect(result.errors.contains("key-burst raised"), "raised limits are said")
    }

    struct Row: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var old: String
      var new: String
      var expected: String
    }

    static let rows: [Row] = [
      .init(testDescription: "unknown key", old: "[gateway]", new: "[gateway]\nkye = 1", expected: "postern.toml:3:1: "),
      .init(testDescription: "nearest name", old: "lease = \"30s\"", new: "leese = \"30s\"", expected: "did you mean \"lease\"?"),
      .init(testDescription: "dangling door", old: "doors = [\"ssh\"]", new: "doors = [\"shs\"]", expected: "ssh"),
      .init(
        testDescription: "missing key file", old: "psk = \"laptop.psk\"", new: "psk = \"nowhere.psk\"", expected: "nowhere.psk"),
      .init(
        testDescription: "no such set", old: "[doors.ssh]", new: "[doors.ssh]\nset4 = \"nowhere\"", expected: "does not exist"),
      .init(testDescription: "unsuited set", old: "[doors.ssh]", new: "[doors.ssh]\nset4 = \"guarded\"", expected: "its key is"),
      .init(
        testDescription: "quotas over the size", old: "leases-per-door = 8", new: "leases-per-door = 65537",
        expected: "holds 65536 elements"
      ),
    ]

    @Test(arguments: rows) func wrongIs78(_ row: Row) throws {
      let lab = try Lab()
      defer { lab.down() }
      try edit(lab) { $0.replacingOccurrences(of: row.old, with: row.new) }
      let result = try check(lab)
      #expect(result.status == 78, "\(result)")
      #expect(result.errors.contains(row.expected), "\(result.errors)")
    }

    @Test func keyFilesThatOthersReadAreRefused() throws {
      let lab = try Lab()
      defer { lab.down() }
      _ = unsafe chmod(lab.directory + "/gateway.key", 0o644)
      let result = try check(lab)
      #expect(result.status == 78 && result.errors.contains("gateway.key"), "\(result)")
      _ = unsafe chmod(lab.directory + "/gateway.key", 0o600)
      #expect(try check(lab).status == 0)
    }

    /// What is wrong with the host: -t says all of it at once.
    @Test func whatTheHostLacksIsSaid() throws {
      let lab = try Lab(.init(clock: "synchronised"))
      defer { lab.down() }
      try edit(lab) {
        $0.replacingOccurrences(of: "[state]\ndirectory = \"", with: "[state]\ndirectory = \"/nowhere")
          .replacingOccurrences(of: "audit.jsonl", with: "missing/audit.jsonl")
          .replacingOccurrences(of: "/control\"", with: "/missing/control\"")
          .replacingOccurrences(
            of: "key = \"gateway.key\"", with: "keys = [{ file = \"gateway.key\", until = 2020-01-01T00:00:00Z }]")
      }
      let result = try check(lab)
      #expect(result.status == 78)
      let expected = [
        "the state directory /nowhere\(lab.directory) cannot be used: No such file or directory",
        "the audit file \(lab.directory)/missing/audit.jsonl cannot be used: No such file or directory",
        "the directory of the control socket, \(lab.directory)/missing, is missing", "gateway key gateway.key ended 2020-01-01",
        "every gateway key has ended",
      ]
      for words in expected { #expect(result.errors.contains(words), "\(words)\n\(result.errors)") }
      #expect(result.errors.contains("clock synchronised") == !SystemClock.isSynchronised, "\(result.errors)")
      #expect(!result.errors.contains("is good"))
    }

    @Test func aGroupOfAnotherProcessIsAFaultAndOurDaemonsIsNot() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let beside = try check(lab)
      #expect(beside.status == 0 && beside.errors.contains("NFLOG group 5 is taken, as it is while posternd runs"), "\(beside)")
      try edit(lab) { $0.replacingOccurrences(of: "/control\"", with: "/other\"") }
      let foreign = try check(lab)
      #expect(foreign.status == 78 && foreign.errors.contains("NFLOG group 5 has another owner"), "\(foreign)")
    }

    @Test func filesBesideTheMainOneCount() throws {
      let lab = try Lab()
      defer { lab.down() }
      for directory in ["conf.d", "users.d"] {
        try FileManager.default.createDirectory(atPath: lab.directory + "/" + directory, withIntermediateDirectories: true)
      }
      func write(_ file: String, _ text: String) throws {
        try text.write(toFile: lab.directory + "/" + file, atomically: true, encoding: .utf8)
      }
      try write("conf.d/web.toml", "[doors.web]\nports = [\"tcp/443\"]\nset4 = \"nowhere\"")
      let missing = try check(lab)
      #expect(
        missing.status == 78 && missing.errors.contains("postern nowhere: the set or its table does not exist"), "\(missing)")
      try write("conf.d/web.toml", "[doors.web]\nports = [\"tcp/443\"]\n[doors.ssh]\nports = [\"tcp/23\"]")
      try write("users.d/bob.toml", "doors = [\"wbe\"]")
      let twice = try check(lab)
      #expect(twice.status == 78)
      #expect(
        twice.errors.contains("conf.d/web.toml:4:1: \"ports\" stands already at \(lab.directory)/postern.toml:"), "\(twice)")
      #expect(twice.errors.contains("users.d/bob.toml:1:10: unknown door \"wbe\"; did you mean \"web\"?"), "\(twice)")
    }

    @Test func wrongWordsAre64() throws {
      #expect(try Shell.run(["\(Lab.binaries)/posternd", "--nonsense"]).status == 64)
    }
  }
}
