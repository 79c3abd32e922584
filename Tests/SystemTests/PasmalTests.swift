// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Smoke screens and one-time passwords, through `examples/pasmal.nft`, with what was used remembered over restarts.
extension SystemSuite {
  @Suite struct PasmalTests {
    private let secret = Bytes32(Array(7..<39)) ?? .zero

    private var credential: PasmalCredential {
      get throws {
        PasmalCredential(
          opener: [.udp(try #require(Port(7001)))],
          screen: .init(secret: secret, base: 32_768, span: 1024, packets: 64, real: 8), passwordPort: nil, timeout: .seconds(30))
      }
    }

    private func lab() throws -> Lab {
      var options = Lab.Options()
      options.rules = ["postern.nft", "examples/pasmal.nft"]
      options.doors = ["ssh", "side"]
      options.extra = """
        [users.alice.keys.screen]
        protocol = "pasmal"
        opener = ["udp/7001"]
        screen = "laptop.psk"
        door = "side"
        \(PasmalPasswords.key)
        """
      let lab = try Lab(options)
      do { try lab.start() } catch {
        lab.down()
        throw error
      }
      return lab
    }

    /// The lab's own pre-shared key is the screen's secret here.
    private func screen(_ lab: Lab, _ number: UInt64) throws -> [KnockStep] {
      var key = try credential
      key.screen?.secret = lab.profile.presharedKey
      let noise = (0..<128).map { UInt8(truncatingIfNeeded: $0 * 31) }
      return try #require(
        PasmalEncoder.steps(key, number: number, password: nil, noise: noise, pause: Timestamp.Span(nanoseconds: 0)))
    }

    private func password(_ number: Int) throws -> [KnockStep] {
      try PasmalPasswords.steps(PasmalPasswords.chain.passwords[number])
    }

    private func opens(_ steps: [KnockStep], _ lab: Lab) throws -> Bool {
      try lab.send(steps)
      return Shell.wait(seconds: 2) { (try? lab.isOpen(lab.clientV4)) == true }
    }

    @Test func theScreenOpensOnceOnly() throws {
      let lab = try lab()
      defer { lab.down() }
      let knock = try screen(lab, 5)
      #expect(try opens(knock, lab))
      #expect(lab.auditEvents("grant").last?["key"] as? String == "screen")
      try lab.shut()
      #expect(try !opens(knock, lab))
      lab.stop()
      try lab.start(newGateway: false)
      #expect(try !opens(knock, lab), "after a restart, too")
      #expect(Shell.wait { (lab.status()?.refused(.oneTimeUsed) ?? 0) > 0 })
      #expect(try opens(screen(lab, 6), lab))
    }

    @Test func aPasswordOpensOnceOnly() throws {
      let lab = try lab()
      defer { lab.down() }
      #expect(try opens(password(0), lab))
      try lab.shut()
      #expect(try !opens(password(0), lab))
      #expect(try opens(password(4), lab), "some got lost")
      try lab.shut()
      lab.stop()
      try lab.start(newGateway: false)
      #expect(try !opens(password(4), lab) && !opens(password(2), lab), "after a restart, too")
      #expect(lab.auditEvents("refusal").contains { $0["reason"] as? String == "second-factor-used" })
      #expect(try opens(password(5), lab))
    }

    @Test func whatWasLostOpensNothingUntilItIsRenewed() throws {
      let lab = try lab()
      defer { lab.down() }
      #expect(try opens(screen(lab, 1), lab))
      try lab.shut()
      lab.stop()
      try FileManager.default.removeItem(atPath: lab.directory + "/keys.state")
      try lab.start(newGateway: false)
      #expect(try !opens(screen(lab, 2), lab))
      #expect(Shell.wait { (lab.status()?.refused(.keyStateLost) ?? 0) > 0 })
      try lab.edit("postern.toml") { $0.replacing("[state]", with: "[state]\nrenewal = 1") }
      lab.stop()
      try lab.start(newGateway: false)
      #expect(try opens(screen(lab, 3), lab))
    }
  }
}
