// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPADecoderBudgetTests {
  @Test func overBudgetAKnownHintIsServedEightTimes() throws {
    let fixture = SPAFixture(curveBudget: 0)
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    for number in 0..<8 {
      let reading = decoder.read(try encoder.encode(SPAFixture.request()))
      #expect(reading.isKnock, "knock \(number)")
    }
    let served = try servedOf(160, &decoder) { _ in try encoder.encode(SPAFixture.request()) }
    #expect((1...30).contains(served), "\(served) of 160 won the lot")
    let other = decoder.read(try fixture.encoder(client: 1).encode(SPAFixture.request()))
    #expect(other.isKnock, "another client's servings are its own")
  }

  @Test func theNextStepBringsNewServings() throws {
    let fixture = SPAFixture(curveBudget: 0)
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    for _ in 0..<8 { _ = decoder.read(try encoder.encode(SPAFixture.request())) }
    let later = SPAFixture.now + .seconds(64)
    for number in 0..<8 {
      let reading = decoder.read(try encoder.encode(SPAFixture.request(at: later)), at: later)
      #expect(reading.isKnock, "knock \(number)")
    }
  }

  @Test func overBudgetAnUnknownHintIsShed() throws {
    let fixture = SPAFixture(curveBudget: 0)
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    let old = SPAFixture.now + .seconds(-3600)
    let served = try servedOf(320, &decoder) { number in try encoder.encode(SPAFixture.request(at: old + .seconds(number))) }
    #expect(served == 0)
  }

  @Test func underBudgetAnUnknownHintIsServed() throws {
    let fixture = SPAFixture(curveBudget: 4)
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    let old = SPAFixture.now + .seconds(-3600)
    let served = try servedOf(4, &decoder) { number in try encoder.encode(SPAFixture.request(at: old + .seconds(number))) }
    #expect(served == 4)
  }

  @Test func shedPacketsAreNotRemembered() throws {
    let fixture = SPAFixture(curveBudget: 0)
    var decoder = try fixture.decoder()
    let encoder = try fixture.encoder()
    for _ in 0..<8 { _ = decoder.read(try encoder.encode(SPAFixture.request())) }
    // Its hint is known and has no servings left: it waits for the lot.
    let packet = try encoder.encode(SPAFixture.request())
    var readings: [Reading] = []
    for _ in 0..<1000 where readings.last?.isKnock != true { readings.append(decoder.read(packet)) }
    #expect(readings.count > 1)
    #expect(readings.dropLast().allSatisfy { $0 == .refused(.overload) })
    #expect(readings.last?.isKnock == true)
    let again = decoder.read(packet)
    #expect(again == .refused(.duplicate))
  }

  private func servedOf(_ count: Int64, _ decoder: inout SPADecoder, _ packet: (Int64) throws -> [UInt8]) throws -> Int {
    var served = 0
    for number in 0..<count {
      let reading = decoder.read(try packet(number))
      if reading.isKnock { served += 1 } else { #expect(reading == .refused(.overload)) }
    }
    return served
  }
}
