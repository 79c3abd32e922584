// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing
import posternctl

/// The files of a configuration as they lie in directories.
@Suite struct ConfigFilesTests {
  static let main = """
    version = 1
    [gateway]
    key = "gateway.key"
    [state]
    directory = "state"
    [audit]
    file = "audit.jsonl"
    [control]
    socket = "control"
    [doors.ssh]
    ports = ["tcp/22"]
    """

  static func place() throws -> Scratch {
    let scratch = try Scratch()
    for directory in ["conf.d", "users.d"] {
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(directory)", withIntermediateDirectories: true)
    }
    _ = try scratch.file("gateway.key", secret(0x21))
    _ = try scratch.file("postern.toml", main, mode: 0o644)
    return scratch
  }

  static func secret(_ byte: UInt8) -> String { Base64.encode(Array(repeating: byte, count: 32)) + "\n" }

  static func user(_ byte: UInt8, psk: String) -> String {
    "doors = [\"ssh\"]\n[keys.laptop]\npublic = \"\(Base64.encode(Array(repeating: byte, count: 32)))\"\npsk = \"\(psk)\"\n"
  }

  private func lines(_ scratch: Scratch) -> [String] {
    do throws(CompileError) {
      _ = try CompiledConfiguration(path: "\(scratch.path)/postern.toml")
      return []
    } catch {
      return error.lines.map { $0.replacingOccurrences(of: scratch.path + "/", with: "") }
    }
  }

  @Test func allFilesInTheirOrder() throws {
    let scratch = try Self.place()
    _ = try scratch.file("conf.d/20-web.toml", "[doors.web]\nports = [\"tcp/443\"]")
    _ = try scratch.file("conf.d/10-mail.toml", "[doors.mail]\nports = [\"tcp/25\"]\n[gateway]\nadmission = \"admission\"")
    _ = try scratch.file("conf.d/admission", Self.secret(0x22))
    _ = try scratch.file("users.d/bob.toml", Self.user(0x31, psk: "bob.psk"))
    _ = try scratch.file("users.d/alice.toml", Self.user(0x32, psk: "../alice.psk"))
    _ = try scratch.file("users.d/bob.psk", Self.secret(0x41))
    _ = try scratch.file("alice.psk", Self.secret(0x42))
    for ignored in [
      "conf.d/.hidden.toml", "conf.d/README", "conf.d/x.toml.dpkg-old", "users.d/.alice.toml.new", "users.d/No One.txt",
    ] {
      _ = try scratch.file(ignored, "no configuration")
    }
    let tables = try CompiledConfiguration(path: "\(scratch.path)/postern.toml")
    #expect(tables.keeper.doors.map(\.name.description) == ["ssh", "mail", "web"])
    #expect(tables.keeper.users.map(\.name.description) == ["alice", "bob"])
    #expect(tables.gate.keys.map { $0.credential.spa?.presharedKey.array[0] } == [0x42, 0x41])
    #expect(tables.gate.admissions.map { $0.secret.array[0] } == [0x22])
    let directory = URL(fileURLWithPath: scratch.path).resolvingSymlinksInPath().path
    #expect(tables.keeper.stateDirectory == "\(directory)/state" && tables.keeper.controlSocket == "\(directory)/control")
    #expect(tables.keeper.auditFile == "\(directory)/audit.jsonl")
  }

  @Test func errorsOfAllFiles() throws {
    let scratch = try Self.place()
    _ = try scratch.file("conf.d/web.toml", "[doors.web]\nports = 1")
    _ = try scratch.file(
      "users.d/bob.toml", Self.user(0x31, psk: "bob.psk").replacingOccurrences(of: "[\"ssh\"]", with: "[\"shs\"]"))
    #expect(
      lines(scratch) == [
        "conf.d/web.toml:2:9: \"ports\" must be an array, not an integer",
        "users.d/bob.toml:1:10: unknown door \"shs\"; did you mean \"ssh\"?",
      ])
  }

  @Test func secretsOfUsersThatOthersMayReadAreRefused() throws {
    for mode in [0o640, 0o604, 0o660] {
      let scratch = try Self.place()
      _ = try scratch.file("users.d/bob.toml", Self.user(0x31, psk: "bob.psk"))
      _ = try scratch.file("users.d/bob.psk", Self.secret(0x41), mode: mode)
      let found = lines(scratch)
      #expect(
        found.count == 1 && found.first?.hasPrefix("users.d/bob.toml:4:7: cannot read \"bob.psk\": holds a secret, but") == true)
      #expect(found.first?.contains("(mode 0\(String(mode, radix: 8)))") == true, "\(found)")
    }
  }

  @Test func filesThatCannotBeReadAreErrors() throws {
    let scratch = try Self.place()
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/conf.d/a.toml", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/conf.d/b.toml", withDestinationPath: "nowhere")
    _ = try scratch.file("users.d/Bob.toml", Self.user(0x31, psk: "bob.psk"))
    _ = try scratch.file("users.d/long.toml", String(repeating: "#\n", count: 40_000))
    #expect(
      lines(scratch) == [
        "conf.d/a.toml:1:1: cannot be read: read file: Is a directory",
        "conf.d/b.toml:1:1: cannot be read: open file: No such file or directory",
        "users.d/Bob.toml:1:1: the file's name is no user's: a-z, 0-9, '.', '_', '-', at most 32, then .toml",
        "users.d/long.toml:1:1: cannot be read: read file: File too large",
      ])
  }

  @Test func tooManyFilesAreAnError() throws {
    let scratch = try Self.place()
    for number in 0..<1025 {
      _ = FileManager.default.createFile(atPath: "\(scratch.path)/conf.d/\(number).toml", contents: Data())
    }
    #expect(lines(scratch) == ["conf.d:1:1: holds 1025 files, at most 1024 are possible"])
  }

  @Test func theDirectoriesMayBeMissing() throws {
    let scratch = try Scratch()
    _ = try scratch.file("gateway.key", Self.secret(0x21))
    _ = try scratch.file("postern.toml", Self.main)
    #expect(lines(scratch) == [])
  }

  /// `posternd -c FILE` may be given a name without a directory.
  @Test func besideAFileWithoutADirectory() throws {
    let scratch = try Self.place()
    _ = try scratch.file("users.d/bob.toml", "doors = 1")
    let run = try ShellLine("posternctl compile --gate-fd 3 --keeper-fd 4 postern.toml 3>gate 4>keeper", in: scratch)
    #expect(run.status == 78 && run.errors == "users.d/bob.toml:1:9: \"doors\" must be an array, not an integer\n")
  }
}
