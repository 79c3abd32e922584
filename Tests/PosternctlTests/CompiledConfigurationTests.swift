// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternConfig
import PosternCrypto
import PosternTables
import PosternWire
import Testing
import posternctl

@Suite struct CompiledConfigurationTests {
  private static let good = """
    version = 1
    [gateway]
    key = "gateway.key"
    admission = "admission"
    [state]
    directory = "state"
    [audit]
    file = "audit.jsonl"
    [control]
    socket = "control"
    [doors.ssh]
    ports = ["tcp/22"]
    [users.alice]
    doors = ["ssh"]
    [users.alice.keys.laptop]
    public = "\(publicKey)"
    psk = "alice.psk"
    """

  private static let publicKey = Base64.encode(Array(repeating: 0x11, count: 32))

  /// The good configuration with its key files.
  private func place(_ text: String = good) throws -> Scratch {
    let scratch = try Scratch()
    for (name, byte) in [("gateway.key", 0x21), ("admission", 0x22), ("alice.psk", 0x23)] {
      _ = try scratch.file(name, Base64.encode(Array(repeating: UInt8(byte), count: 32)) + "\n")
    }
    _ = try scratch.file("postern.toml", text, mode: 0o644)
    return scratch
  }

  private func bytes(_ byte: UInt8) -> Bytes32? { Bytes32(Array(repeating: byte, count: 32)) }

  private func lines(_ path: String) -> [String] {
    do throws(CompileError) {
      _ = try CompiledConfiguration(path: path)
      return []
    } catch {
      return error.lines
    }
  }

  @Test func tablesOfAGoodConfiguration() throws {
    let scratch = try place()
    var tables = try CompiledConfiguration(path: "\(scratch.path)/postern.toml")
    #expect(tables.gate.gatewayKeys.map(\.privateKey) == [bytes(0x21)])
    #expect(tables.gate.admissions.map(\.secret) == [bytes(0x22)])
    #expect(tables.gate.keys.map(\.credential.spa?.presharedKey) == [bytes(0x23)])
    let directory = URL(fileURLWithPath: scratch.path).resolvingSymlinksInPath().path
    #expect(tables.keeper.stateDirectory == "\(directory)/state")
    #expect(tables.keeper.auditFile == "\(directory)/audit.jsonl")
    #expect(tables.keeper.controlSocket == "\(directory)/control")
    #expect(tables.keeper.gatewayFingerprint != 0)
    tables.erase()
    #expect(tables.gate.gatewayKeys.map(\.privateKey) == [.zero] && tables.gate.admissions.map(\.secret) == [.zero])
  }

  /// One of the points that RFC 7748 section 6.1 warns of: the gate could not agree on anything with it.
  @Test func aPublicKeyOfSmallOrderIsRefused() throws {
    let point = try #require(Hex.decode("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"))
    let scratch = try place(Self.good.replacingOccurrences(of: Self.publicKey, with: Base64.encode(point)))
    let lines = lines("\(scratch.path)/postern.toml")
    #expect(lines.count == 1 && lines.first?.contains("small order") == true, "\(lines)")
  }

  @Test func absolutePathsStay() throws {
    let scratch = try place(Self.good.replacingOccurrences(of: "\"state\"", with: "\"/var/lib/x\""))
    #expect(try CompiledConfiguration(path: "\(scratch.path)/postern.toml").keeper.stateDirectory == "/var/lib/x")
  }

  static let keyFiles: [(name: String, text: String, mode: Int, complaint: String)] = [
    ("group", publicKey + "\n", 0o640, "group or others may use it (mode 0640)"),
    ("others", publicKey + "\n", 0o604, "group or others may use it (mode 0604)"),
    ("no base64", "secret!\n", 0o600, "must hold 32 bytes in base64"),
    ("short", "AAAA\n", 0o600, "must hold 32 bytes in base64"),
  ]

  @Test(arguments: keyFiles.indices)
  func keyFilesThatAreRefused(_ index: Int) throws {
    let row = Self.keyFiles[index]
    let scratch = try place()
    let path = "\(scratch.path)/postern.toml"
    _ = try scratch.file("gateway.key", row.text, mode: row.mode)
    let found = lines(path)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("\(path):3:") == true && found.first?.contains(row.complaint) == true, "\(row.name): \(found)")
    #expect(!"\(found)".contains("secret!"))
  }

  @Test func aKeyFileThatIsAFifoOrMissing() throws {
    let scratch = try place()
    let path = "\(scratch.path)/postern.toml"
    try FileManager.default.removeItem(atPath: "\(scratch.path)/alice.psk")
    #expect(lines(path).first?.contains("No such file") == true)
    #expect(unsafe mkfifo("\(scratch.path)/alice.psk", 0o600) == 0)
    #expect(lines(path).first?.contains("is not a regular file") == true)
  }

  @Test func theCommandWritesBothTables() throws {
    let scratch = try place()
    let run = try ShellLine("posternctl compile --gate-fd 3 --keeper-fd 4 postern.toml 3>gate 4>keeper", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.isEmpty && run.errors.isEmpty)
    let gate = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/gate")))
    let keeper = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/keeper")))
    let expected = try CompiledConfiguration(path: "\(scratch.path)/postern.toml")
    #expect(try gate.withBytes { bytes throws(WireError) in try GateTables(decoding: bytes) } == expected.gate)
    #expect(try keeper.withBytes { bytes throws(WireError) in try KeeperTables(decoding: bytes) } == expected.keeper)
  }

  @Test func theCommandNamesEveryError() throws {
    let scratch = try place(Self.good + "\n[users.bob]\ndoors = [\"shh\"]\nlongst = \"1m\"\n")
    let run = try ShellLine("posternctl compile --gate-fd 3 --keeper-fd 4 postern.toml 3>gate 4>keeper", in: scratch)
    #expect(run.status == 78)
    let errors = run.errors.split(separator: "\n")
    #expect(errors.count == 2, "\(run.errors)")
    #expect(errors.allSatisfy { $0.hasPrefix("postern.toml:") })
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/gate")).isEmpty)
  }

  @Test(arguments: [
    ("posternctl compile --gate-fd 3 --keeper-fd 4 nowhere.toml 3>gate 4>keeper", 66),
    ("posternctl compile --gate-fd 3 --keeper-fd 4 postern.toml 3>gate", 71),
    ("posternctl compile --gate-fd 1 --keeper-fd 4 postern.toml 4>keeper", 64),
    ("posternctl compile --gate-fd 3 --keeper-fd 3 postern.toml 3>keeper", 64),
  ])
  func exitCodes(_ line: String, _ status: Int32) throws {
    let run = try ShellLine(line, in: place())
    #expect(run.status == status, "\(run.errors)")
  }
}
