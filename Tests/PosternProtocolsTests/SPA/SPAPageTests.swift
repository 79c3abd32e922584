// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternProtocols
import PosternWire
import Testing

/// The specification page and the code say the same.
@Suite struct SPAPageTests {
  private func worked() throws -> SPAVector { try #require(try SPAVector.load("spa/worked.json").first) }

  @Test func everyValueOfTheWorkedExampleStandsOnThePage() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let page = try String(
      contentsOf: root.appendingPathComponent("Sources/PosternProtocols/PosternProtocols.docc/SPA.md"), encoding: .utf8)
    let packed = page.filter { !$0.isWhitespace }
    let vector = try worked()
    for (name, value) in try #require(vector.steps) { #expect(packed.contains(Hex.encode(value.bytes)), "\(name)") }
    for input in [vector.gatewayPrivate, vector.clientPrivate, vector.ephemeralPrivate, vector.psk, vector.admissionSecret] {
      #expect(packed.contains(Hex.encode(input.bytes)))
    }
  }

  @Test func noiseTakesTheSteps() throws {
    let vector = try worked()
    let steps = try #require(vector.steps)
    func step(_ name: String) throws -> [UInt8] { try #require(steps[name]?.bytes, "\(name)") }
    func h(_ name: String, _ state: NoiseSymmetricState) throws { #expect(try state.hash.array == step(name), "\(name)") }
    func ck(_ name: String, _ state: NoiseSymmetricState) throws { #expect(try state.chainingKey.array == step(name), "\(name)") }

    let suite = try NoiseSuite()
    var state = NoiseSymmetricState(.xpsk1)
    try h("h0", state)
    for (name, input) in [("h1", "prologue"), ("h2", "gateway_public"), ("h3", "ephemeral_public")] {
      try step(input).withBytes { state.mixHash($0) }
      try h(name, state)
    }
    try step("ephemeral_public").withBytes { state.mixKey($0, suite) }
    try ck("ck1", state)
    try step("es").withBytes { state.mixKey($0, suite) }
    try ck("ck2", state)
    let sealedStatic = try vector.clientPublic.bytes.withBytes { try state.encryptAndHash($0, suite) }
    #expect(try sealedStatic == step("sealed_static"))
    try h("h4", state)
    try step("static_static").withBytes { state.mixKey($0, suite) }
    try ck("ck3", state)
    vector.psk.bytes.withBytes { state.mixKeyAndHash($0, suite) }
    try ck("ck4", state)
    try h("h5", state)
    let sealedPayload = try vector.payload.bytes.withBytes { try state.encryptAndHash($0, suite) }
    #expect(try sealedPayload == step("sealed_payload"))
  }
}
