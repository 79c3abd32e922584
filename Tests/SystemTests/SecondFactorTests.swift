// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import Testing

/// One-time codes from `posternctl user add --totp` to the open door; `oathtool` is the authenticator.
extension SystemSuite {
  @Suite(.enabled(if: Oathtool.obstacle == nil, Comment(rawValue: Oathtool.obstacle ?? "")))
  struct SecondFactorTests {
    /// A gateway and bob, whose knocks have to carry codes.
    private final class Scene {
      let lab: Lab
      private(set) var secret = ""

      init(gateways: String? = nil) throws {
        lab = try Lab(.init(keyBurst: 1000))
        do {
          let made = try Shell.run(
            [
              "\(Lab.binaries)/posternctl", "user", "add", "bob", "--door", "ssh", "--totp", "-c",
              lab.directory + "/postern.toml",
              "--gateway", gateways ?? lab.gatewayV4,
            ])
          let uri = made.errors.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("otpauth://totp/") }
          secret = try #require(uri?.firstMatch(of: /[?&]secret=([A-Z2-7]+)&/)?.output.1).description
          try write("bob", made.output)
          try write("bob.uri", String(try #require(uri)) + "\n")
        } catch {
          lab.down()
          throw error
        }
      }

      func write(_ name: String, _ text: String) throws {
        let path = lab.directory + "/" + name
        try? FileManager.default.removeItem(atPath: path)
        try #require(
          FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
      }

      func edit(_ name: String, _ change: (String) -> String) throws {
        try write(name, change(try String(contentsOfFile: lab.directory + "/" + name, encoding: .utf8)))
      }

      /// The authenticator's code, perhaps that of another time.
      func code(_ moment: String = "now") throws -> String {
        try Shell.must(["oathtool", "--totp", "--base32", "--now", moment, secret]).trimmingCharacters(
          in: .whitespacesAndNewlines)
      }

      func wrong() throws -> String {
        let right = try ["now", "30 seconds ago", "60 seconds ago", "now + 30 seconds", "now + 60 seconds"].map { try code($0) }
        return try #require((0..<10).map { "\($0)00000" }.first { !right.contains($0) })
      }

      func knock(_ words: String...) throws -> Shell.Result { try lab.postern(["knock"] + words, profile: "bob") }
      var isOpen: Bool { (try? lab.isOpen(lab.clientV4)) == true }

      /// Refusals of bob's, by their reasons.
      var refusals: [String] {
        lab.auditEvents("refusal").filter { $0["user"] as? String == "bob" }.compactMap { $0["reason"] as? String }
      }

      func isRefused(_ denial: Denial) -> Bool {
        Shell.wait { refusals.contains(denial.description) && (lab.status()?.refused(denial) ?? 0) > 0 }
      }
    }

    @Test func aCodeOpensOnce() throws {
      let scene = try Scene()
      defer { scene.lab.down() }
      try scene.lab.start()
      let code = try scene.code()
      let run = try scene.knock("--code", code)
      #expect(run.status == 0, "\(run.errors)")
      #expect(Shell.wait { scene.isOpen })
      #expect(Shell.wait { scene.lab.status()?.counter("grants") == 4 })
      #expect(scene.refusals.isEmpty, "the repeats of one wish are one use")

      sleep(10)
      try scene.lab.shut()
      #expect(try scene.knock("--once", "--code", code).status == 0)
      #expect(scene.isRefused(.secondFactorUsed))
      #expect(!scene.isOpen)
      #expect(try scene.knock("--once", "--code", scene.code("now + 30 seconds")).status == 0)
      #expect(Shell.wait { scene.isOpen }, "the next code")
    }

    /// The first datagram gets lost: the second brings the same code, and bob comes in.
    @Test func aLostKnockLosesNoCode() throws {
      let scene = try Scene()
      defer { scene.lab.down() }
      try scene.lab.start()
      for words in [
        "add table inet lossy", "add chain inet lossy in { type filter hook prerouting priority -400; }",
        "add rule inet lossy in udp dport 62201 quota until 250 bytes counter drop",
      ] { try Shell.must(scene.lab.nft([words])) }
      #expect(try scene.knock("--code", scene.code()).status == 0)
      #expect(Shell.wait { scene.isOpen })
      let rules = try Shell.must(scene.lab.nft(["list", "table", "inet", "lossy"]))
      #expect(rules.contains("counter packets 1 "), "\(rules)")
      #expect(Shell.wait { scene.lab.status()?.counter("grants") == 3 })
      #expect(scene.refusals.isEmpty)
    }

    /// With the packet's source over both families, each datagram opens one of them, all with one code.
    @Test func oneCodeServesBothFamilies() throws {
      let scene = try Scene(gateways: "10.77.0.1,fd77::1")
      defer { scene.lab.down() }
      try scene.edit("bob") { $0.replacing("= auto", with: "= source") }
      let file = "users.d/bob.toml"
      try scene.edit(file) { "packet-source = true\n" + $0 }
      try scene.lab.start()
      #expect(try scene.knock("--code", scene.code()).status == 0)
      #expect(Shell.wait { scene.isOpen })
      #expect(try Shell.wait { try !scene.lab.elements("door6").isEmpty })
      #expect(Shell.wait { scene.lab.status()?.counter("grants") == 8 })
      #expect(scene.refusals.isEmpty)
    }

    @Test func withoutTheRightCodeNothingOpens() throws {
      let scene = try Scene()
      defer { scene.lab.down() }
      try scene.lab.start()
      let wrong = try scene.wrong()
      #expect(try scene.knock("--code", wrong).status == 0)
      #expect(scene.isRefused(.secondFactorWrong))
      #expect(!scene.refusals.contains(Denial.secondFactorExhausted.description), "four repeats are one guess")
      try scene.edit("bob") { $0.replacing("code = ask\n", with: "") }
      #expect(try scene.knock("--once").status == 0)
      #expect(scene.isRefused(.secondFactorMissing))
      #expect(!scene.isOpen)

      // Each guess another one; none of them right by chance.
      var guesses = 0
      for guess in 0..<20 where guesses < 4 {
        let text = String(format: "%06d", 314_159 + guess)
        guard text != wrong, try !["now", "30 seconds ago", "now + 30 seconds"].contains(where: { try scene.code($0) == text })
        else { continue }
        guesses += 1
        #expect(try scene.knock("--once", "--code", text).status == 0)
      }
      #expect(scene.isRefused(.secondFactorExhausted))
      #expect(
        Shell.wait {
          scene.lab.auditEvents("alarm").contains {
            ($0["text"] as? String ?? "\($0)").contains("too many wrong codes of bob/main")
          }
        })
      #expect(try scene.knock("--once", "--code", scene.code()).status == 0)
      #expect(scene.isRefused(.secondFactorClosed))
      #expect(!scene.isOpen)
    }

    @Test func aCodeIsAskedForAtTheTerminal() throws {
      let scene = try Scene()
      defer { scene.lab.down() }
      try scene.lab.start()
      let words = [
        "env", "HOME=\(scene.lab.directory)", "\(Lab.binaries)/postern", "knock", "--profile", scene.lab.directory + "/bob",
      ]
      let typo = try TerminalProgram(scene.lab.at(scene.lab.client, words))
      try typo.answer("12345", to: "Code: ", isHidden: false)
      #expect(typo.end() == 64 && typo.screen.contains("a code is six digits"), "\(typo.screen)")
      let program = try TerminalProgram(scene.lab.at(scene.lab.client, words))
      try program.answer(try scene.code(), to: "Code: ", isHidden: false)
      #expect(program.end() == 0, "\(program.screen)")
      #expect(Shell.wait { scene.isOpen })
      #expect(Shell.wait { scene.lab.status()?.counter("grants") == 4 })
      #expect(scene.refusals.isEmpty)
      let blind = try Shell.run(scene.lab.at(scene.lab.client, ["setsid", "--wait"] + words))
      #expect(
        blind.status == 69 && blind.errors.contains("there is no terminal at which the code could be asked for"),
        "\(blind.errors)")
    }

    /// The one command that ssh runs, with a code of its own reckoning.
    @Test func connectCalculatesItsCode() throws {
      let scene = try Scene()
      defer { scene.lab.down() }
      try scene.edit("bob") { $0.replacing("code = ask", with: "totp = file:bob.uri") }
      try scene.lab.start()
      let listener = try scene.lab.listen()
      defer { close(listener) }
      Thread {
        let stream = accept(listener, nil, nil)
        if stream >= 0 { close(stream) }
      }.start()
      let run = try scene.lab.postern(["connect", "-4", scene.lab.gatewayV4, "22"], profile: "bob")
      #expect(run.status == 0, "\(run.errors)")
      #expect(scene.refusals.isEmpty)
    }
  }
}

private enum Oathtool {
  static let obstacle: String? = (try? Shell.run(["oathtool", "--version"]))?.status == 0 ? nil : "oathtool is not installed"
}
