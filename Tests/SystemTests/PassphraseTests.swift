// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

/// Client keys with a passphrase, typed at a terminal.
extension SystemSuite {
  @Suite struct PassphraseTests {
    private final class Place {
      let path = NSTemporaryDirectory() + "/postern-passphrase-\(getpid())-" + UUID().uuidString
      init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
      deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static let postern = "\(Lab.binaries)/postern"

    /// A key of this passphrase at `path`; the public key.
    private func keygen(_ path: String, _ passphrase: String) throws -> String {
      let program = try TerminalProgram([Self.postern, "keygen", "--passphrase", path])
      try program.answer(passphrase, to: "New passphrase of \(path): ")
      try program.answer(passphrase, to: "The same again: ")
      #expect(program.end() == 0, "\(program.screen)")
      #expect(!program.screen.contains(passphrase), "nothing that is typed shows")
      return try #require(program.screen.split(whereSeparator: \.isNewline).last.map(String.init))
    }

    private func publicKey(_ path: String, _ passphrase: String) throws -> String {
      let program = try TerminalProgram([Self.postern, "pubkey", path])
      try program.answer(passphrase, to: "Passphrase of \(path): ")
      #expect(program.end() == 0, "\(program.screen)")
      return try #require(program.screen.split(whereSeparator: \.isNewline).last.map(String.init))
    }

    @Test func aKeyIsMadeReadChangedAndFreed() throws {
      let place = try Place()
      let path = place.path + "/key"
      let made = try keygen(path, "open sesame")
      #expect(try publicKey(path, "open sesame") == made)

      let change = try TerminalProgram([Self.postern, "passphrase", path])
      try change.answer("open sesame", to: "Passphrase of \(path): ")
      try change.answer("close sesame", to: "New passphrase of \(path): ")
      try change.answer("close sesame", to: "The same again: ")
      #expect(change.end() == 0 && change.screen.contains("has a new passphrase"), "\(change.screen)")
      #expect(try publicKey(path, "close sesame") == made)

      let removal = try TerminalProgram([Self.postern, "passphrase", path])
      try removal.answer("close sesame", to: "Passphrase of \(path): ")
      try removal.answer("", to: "New passphrase of \(path): ")
      try removal.answer("", to: "The same again: ")
      #expect(removal.end() == 0 && removal.screen.contains("has no passphrase"), "\(removal.screen)")
      #expect(try Shell.must([Self.postern, "pubkey", path]) == made + "\n")
    }

    @Test func twoThatDifferMakeNoKey() throws {
      let place = try Place()
      let program = try TerminalProgram([Self.postern, "keygen", "--passphrase", place.path + "/key"])
      try program.answer("one", to: "New passphrase")
      try program.answer("two", to: "The same again: ")
      #expect(program.end() == 64 && program.screen.contains("differ"), "\(program.screen)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func threeWrongOnesAreEnough() throws {
      let place = try Place()
      let path = place.path + "/key"
      let made = try keygen(path, "right")
      let program = try TerminalProgram([Self.postern, "pubkey", path])
      for _ in 1...3 { try program.answer("wrong", to: "Passphrase of \(path): ") }
      #expect(program.end() == 77 && program.screen.contains("the passphrase is wrong"), "\(program.screen)")
      let second = try TerminalProgram([Self.postern, "pubkey", path])
      try second.answer("wrong", to: "Passphrase of \(path): ")
      try second.answer("right", to: "Passphrase of \(path): ")
      #expect(second.end() == 0 && second.screen.contains(made))
    }

    /// A terminal that stays without an echo would be of no use to anybody.
    @Test func aSignalFindsTheTerminalAsItWas() throws {
      let place = try Place()
      let program = try TerminalProgram([Self.postern, "keygen", "--passphrase", place.path + "/key"])
      #expect(program.sees("New passphrase"))
      #expect(Shell.wait { !program.echoes })
      program.type("half\u{3}")
      #expect(program.end() == 128 + SIGINT)
      #expect(program.echoes)
    }

    @Test func withoutATerminalThatIsSaid() throws {
      let place = try Place()
      let path = place.path + "/key"
      _ = try keygen(path, "right")
      for words in [["pubkey", path], ["passphrase", path], ["keygen", "--passphrase", path + "2"]] {
        let run = try Shell.run(["setsid", "--wait", Self.postern] + words)
        #expect(
          run.status == 69 && run.errors.contains("there is no terminal at which the passphrase of"), "\(words): \(run.errors)")
      }
    }

    /// The daemon has to start when nobody is there.
    @Test func aGatewaysKeyHasNone() throws {
      let lab = try Lab()
      defer { lab.down() }
      let path = lab.directory + "/gateway.key"
      try FileManager.default.removeItem(atPath: path)
      _ = try keygen(path, "right")
      let run = try Shell.run(["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"])
      #expect(run.status != 0)
      #expect(
        (run.output + run.errors).contains(
          "is a key with a passphrase, which is not asked for here: `postern passphrase --remove`"),
        "\(run.errors)")
    }

    /// `ssh` reads and writes at the standard streams of its ProxyCommand: the passphrase comes from the terminal beside them.
    @Test func sshAsksThroughItsProxyCommand() throws {
      let lab = try Lab()
      defer { lab.down() }
      let key = lab.directory + "/laptop.key"
      let words = lab.directory + "/words"
      try "open sesame\n".write(toFile: words, atomically: true, encoding: .utf8)
      try Shell.must(["chmod", "600", words])
      try Shell.must([Self.postern, "passphrase", "--passphrase-file", words, key])
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      let proxy = "\(Self.postern) connect --profile \(lab.directory)/client.profile -4 %h %p"
      let ssh = try TerminalProgram(
        lab.at(
          lab.client,
          [
            "env", "HOME=" + lab.directory, "ssh", "-F", "none", "-o", "ProxyCommand=\(proxy)", "-o",
            "UserKnownHostsFile=/dev/null",
            lab.gatewayV4,
          ]))
      // Longer than all knocks and the patience of a connect take: its time begins behind the answer.
      #expect(ssh.sees("Passphrase of \(key): "))
      #expect(Shell.wait { !ssh.echoes })
      sleep(3)
      #expect(try lab.elements("door4").isEmpty)
      ssh.type("open sesame\n")
      let stream = try listener.next(milliseconds: 8000)
      #expect(stream.reads(8) == "SSH-2.0-", "\(ssh.screen)")
    }
  }
}
