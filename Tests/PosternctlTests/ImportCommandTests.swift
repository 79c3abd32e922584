// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternConfig
import PosternTables
import PosternWire
import Testing
import posternctl

/// `posternctl import`, from files to files.
@Suite struct ImportCommandTests {
  private static let main = """
    version = 1
    [gateway]
    key = "gateway.key"
    [state]
    directory = "state"
    [audit]
    file = "audit.jsonl"
    [control]
    socket = "control"

    """

  private static let access = """
    SOURCE ANY
    REQUIRE_USERNAME alice
    KEY opensesame
    HMAC_KEY_BASE64 enp6enp6enp6eno=
    OPEN_PORTS tcp/22
    %include sub/more.conf

    """

  /// A gateway's directory beside the files of an old one.
  private func place() throws -> Scratch {
    let scratch = try Scratch()
    for directory in ["conf.d", "sub"] {
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(directory)", withIntermediateDirectories: false)
    }
    _ = try scratch.file("postern.toml", Self.main)
    _ = try scratch.file("gateway.key", ConfigFilesTests.secret(0x21))
    _ = try scratch.file("access.conf", Self.access)
    _ = try scratch.file(
      "sub/more.conf", "SOURCE 10.0.0.0/8\nREQUIRE_USERNAME bob\nKEY my word\nHMAC_KEY another word\nOPEN_PORTS tcp/80\n")
    return scratch
  }

  private func mode(_ scratch: Scratch, _ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/\(name)")
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private func names(_ scratch: Scratch, _ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/\(directory)").sorted()
  }

  /// What is written compiles, with its secrets, as the daemon compiles it; and nothing but the files holds a secret.
  @Test func intoTheDirectoryOfAGateway() throws {
    let scratch = try place()
    let run = try ShellLine("posternctl import fwknop --access access.conf --output conf.d", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    let files = ["fwknop-alice.hmac", "fwknop-alice.key", "fwknop-bob.hmac", "fwknop-bob.key", "fwknop.toml"]
    #expect(try names(scratch, "conf.d") == files)
    for file in files { #expect(try mode(scratch, "conf.d/\(file)") == 0o600) }
    let keys = try CompiledConfiguration(path: "\(scratch.path)/postern.toml").gate.keys
    #expect(keys.compactMap { $0.credential.fwknop?.passphrase } == [Array("opensesame".utf8), Array("my word".utf8)])
    #expect(keys.compactMap { $0.credential.fwknop?.codeKey } == [Array("zzzzzzzzzzz".utf8), Array("another word".utf8)])
    let text = try String(contentsOfFile: "\(scratch.path)/conf.d/fwknop.toml", encoding: .utf8)
    for secret in ["opensesame", "my word", "another word", "b3BlbnNlc2FtZQ", "enp6enp6"] {
      #expect(!(run.output + run.errors + text).contains(secret))
    }
  }

  @Test func nothingIsReplacedAndNothingHalfMade() throws {
    let scratch = try place()
    _ = try scratch.file("conf.d/fwknop-bob.key", "mine")
    let run = try ShellLine("posternctl import fwknop --access access.conf --output conf.d", in: scratch)
    #expect(run.status == 73 && run.errors.contains("conf.d/fwknop-bob.key: make file: File exists"), "\(run.errors)")
    #expect(try names(scratch, "conf.d") == ["fwknop-bob.key"])
    #expect(try String(contentsOfFile: "\(scratch.path)/conf.d/fwknop-bob.key", encoding: .utf8) == "mine")
  }

  @Test func withoutADirectorySecretsAreLeftOut() throws {
    let scratch = try place()
    let run = try ShellLine("posternctl import fwknop --access access.conf", in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output.contains("[users.alice.keys.fwknop]") && run.output.contains("# Files with secrets, to be made beside this one"))
    #expect(run.output.contains("fwknop-alice.key: the encryption key of alice, in base64, from access.conf:3"))
    for secret in ["opensesame", "my word", "b3BlbnNlc2FtZQ", "enp6enp6"] { #expect(!(run.output + run.errors).contains(secret)) }
    _ = try scratch.file("conf.d/new.toml", run.output)
    let failure = #expect(throws: CompileError.self) { try CompiledConfiguration(path: "\(scratch.path)/postern.toml") }
    #expect(failure?.lines.allSatisfy { $0.contains("fwknop-") && $0.contains("No such file") } == true)
  }

  private static let knockd = """
    [ssh]
    sequence = 7000,8000
    command = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
    cmd_timeout = 10
    stop_command = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT

    """
  private static let guests = "foo opensesame ssh 10.0.0.0/8\n"
  private static let pkts =
    "keypkt { ip { daddr = 192.0.2.1; udp { dport = 53; } } }\ncmdpkt { ip { daddr = 192.0.2.1; udp { dport = 54; } } }\n"

  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let line: String
    let files: [String: String]
    let status: Int32
    let words: String
  }

  /// Exit status, and what is said on either stream.
  static let rows: [Row] = [
    Row(
      testDescription: "knockd, shut", line: "knockd k.conf", files: ["k.conf": knockd], status: 2,
      words: "k.conf:1: not carried: key knockd/ssh stays switched off until you accept plain knocks (--accept-weak)"),
    Row(
      testDescription: "knockd, accepted", line: "knockd --accept-weak k.conf", files: ["k.conf": knockd], status: 0,
      words: "\nweakest = \"plain\""),
    Row(
      testDescription: "knockd, a command of a shell", line: "knockd --accept-weak k.conf",
      files: ["k.conf": "[a]\nsequence = 1,2\ncommand = echo %IP% > /x\n"], status: 2,
      words: "k.conf:3: not carried: the command needs work"),
    Row(
      testDescription: "knockd, nonsense", line: "knockd k.conf",
      files: ["k.conf": "[a]\nsequence = 1,,2\n[a]\nsequence = 3\nfoo = 1\n"], status: 1,
      words:
        "k.conf:2: an empty place in the sequence, which knockd reads as port 0\nk.conf:3: there are two doors called \"a\"\nk.conf:5: unknown"
    ),
    Row(
      testDescription: "knockd, one-time sequences", line: "knockd --accept-weak k.conf",
      files: [
        "k.conf": knockd.replacingOccurrences(of: "sequence = 7000,8000", with: "one_time_sequences = sub/list"),
        "sub/list": "1,2\n",
      ],
      status: 0, words: "one-time-file = \"knockd-ssh.sequences\""),
    Row(
      testDescription: "no such file", line: "knockd nowhere", files: [:], status: 1,
      words: "nowhere: open file: No such file"),
    Row(
      testDescription: "doorman", line: "doorman d.cf --guestlist g --accept-weak", files: ["d.cf": "port 1033\n", "g": guests],
      status: 0,
      words: "networks = [\"10.0.0.0/8\"]"),
    Row(
      testDescription: "doorman, no list", line: "doorman d.cf", files: ["d.cf": "port 1033\n"], status: 1,
      words: "d.cf: names no guestlist"),
    Row(
      testDescription: "cd00r", line: "cd00r cd00r.c --accept-weak", files: ["cd00r.c": "#define CDR_PORTS { 200, 80, 0 }\n"],
      status: 2,
      words: "cd00r.c:1: not carried: cd00r started inetd"),
    Row(
      testDescription: "sadoor", line: "sadoor s.conf --packets p --accept-weak",
      files: ["s.conf": "ListenIface eth0\n", "p": pkts], status: 2,
      words: "form = \"legacy-blowfish\""),
    Row(
      testDescription: "tumbler", line: "tumbler t.conf --accept-weak",
      files: ["t.conf": "[door-a]\nsecret = x\ncommand = ufw allow from %IP% to any port 22 proto tcp\n"], status: 2,
      words: "t.conf:3: not carried: the door stayed open"),
    Row(testDescription: "no file named", line: "knockd", files: [:], status: 64, words: "Missing expected argument"),
    Row(testDescription: "unknown system", line: "portsentry x", files: [:], status: 64, words: "portsentry"),
    Row(
      testDescription: "standard output is full", line: "knockd k.conf >/dev/full", files: ["k.conf": knockd], status: 74,
      words: ""),
    Row(
      testDescription: "a directory that cannot be made", line: "knockd k.conf --output no/where", files: ["k.conf": knockd],
      status: 73,
      words: "posternctl: no/where: make directory"),
  ]

  @Test(arguments: rows) func exitStatus(_ row: Row) throws {
    let scratch = try place()
    for (name, text) in row.files { _ = try scratch.file(name, text) }
    let run = try ShellLine("posternctl import \(row.line)", in: scratch)
    #expect(run.status == row.status, "\(run.errors)")
    #expect(row.words.isEmpty || (run.errors + run.output).contains(row.words), "\(run.errors)\n\(run.output)")
  }

  // MARK: What is imported works

  /// A packet of fwknop's own client (2.6.10), for 192.0.2.11 and tcp/22.
  private static let fwknopPacket =
    "8Dz5x1Zo6tBOdfvA5TpAVdJoV9REovyLfXeabqBaj+TtdiF68u1E+BUCDYgANMW6cd6x3pPoRGN663j6wN1sp7fZSVOTT0hMYXhRZNpJQ9GodrJgfcB+DW+qDTWo"
    + "YaafAkydsoDmka0ZAcuTeSozma+W4XqBCz6I0NbV8vPI5JPOhrnenIN/Pee10ep5M6dGPlYnjn70cnF4"

  @Test func aPacketOfTheOldClientOpensTheImportedDoor() throws {
    let scratch = try place()
    _ = try scratch.file(
      "old.conf", "SOURCE ANY\nKEY rijndael-pass-01\nHMAC_KEY hmac-secret-one\nOPEN_PORTS tcp/22\nFW_ACCESS_TIMEOUT 45\n")
    #expect(try ShellLine("posternctl import fwknop --access old.conf --output conf.d", in: scratch).status == 0)
    let run = try ShellLine(
      "posternctl explain -c postern.toml --prefix fwknop --from 198.51.100.9 --at 1795379761 "
        + Hex.encode(Array(Self.fwknopPacket.utf8)), in: scratch)
    #expect(
      run.output.contains("put inet postern door4 { 192.0.2.11 . tcp . 22 timeout 45s comment \"fwknop/fwknop tcp-22 "), "\(run)")
  }

  /// SYNs from 10.77.0.2 to ports 7000 and 8000 of 10.77.0.1.
  private static let steps = [
    "4500002811320000400655020a4d00020a4d00019d6f1b5811223344000000005002faf0a3270000",
    "4500002811330000400655010a4d00020a4d00019d701f4011223344000000005002faf09f3e0000",
  ]

  @Test(arguments: [true, false]) func anOldSequenceOpensTheImportedDoorOnceItIsAccepted(_ accepted: Bool) throws {
    let scratch = try place()
    _ = try scratch.file("k.conf", Self.knockd)
    let words = accepted ? "--accept-weak" : ""
    #expect(try ShellLine("posternctl import knockd \(words) k.conf --output conf.d", in: scratch).status == (accepted ? 0 : 2))
    let run = try ShellLine(
      "posternctl explain -c postern.toml --prefix knockd --own 10.77.0.1 --at 2027-01-15T08:00:00Z \(Self.steps.joined(separator: " "))",
      in: scratch)
    let opens = run.output.contains("put inet postern door4 { 10.77.0.2 . tcp . 22 timeout 10s comment \"knockd/ssh tcp-22 ")
    #expect(run.status == 0 && opens == accepted, "\(run)")
  }
}
