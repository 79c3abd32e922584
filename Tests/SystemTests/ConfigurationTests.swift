// SPDX-License-Identifier: Apache-2.0
import Foundation
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

    @Test func wrongWordsAre64() throws {
      #expect(try Shell.run(["\(Lab.binaries)/posternd", "--nonsense"]).status == 64)
    }
  }
}
