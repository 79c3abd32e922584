// SPDX-License-Identifier: Apache-2.0
import PosternProtocols
import Testing

@Suite struct PortAlphabetTests {
  @Test func bytesGoRoundBothWays() {
    var dice = Dice(7)
    for alphabet in [PortAlphabet.bytes(from: 1024), .halves(from: 32_768), .halves(from: 0)] {
      for length in [1, 8, 15, 38, 50] {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
        let ports = alphabet.ports(of: bytes)
        #expect(ports.count == alphabet.portCount(bytes: length))
        #expect(alphabet.bytes(of: ports.compactMap { alphabet.symbol(of: $0) }, count: length) == bytes)
      }
    }
  }

  @Test func lengths() {
    #expect(PortAlphabet.halves(from: 0).portCount(bytes: 38) == 21)
    #expect(PortAlphabet.halves(from: 0).portCount(bytes: 50) == 27)
    #expect(PortAlphabet.bytes(from: 0).portCount(bytes: 8) == 8)
  }

  @Test func theRestMustBeZeros() {
    let alphabet = PortAlphabet.halves(from: 0)
    // 38 bytes leave 11 of 315 bits.
    let symbols = Array(repeating: UInt16(0), count: 20)
    #expect(alphabet.bytes(of: symbols + [0], count: 38) == Array(repeating: 0, count: 38))
    for bit in 0..<11 { #expect(alphabet.bytes(of: symbols + [1 << UInt16(bit)], count: 38) == nil, "bit \(bit)") }
    #expect(alphabet.bytes(of: symbols + [1 << 11], count: 38)?.last == 1)
    #expect(alphabet.bytes(of: symbols, count: 38) == nil)
    #expect(alphabet.bytes(of: symbols + [0, 0], count: 38) == nil)
  }

  @Test func spans() {
    let classic = PortAlphabet.bytes(from: 1024)
    #expect(classic.symbol(of: 1023) == nil)
    #expect(classic.symbol(of: 1024) == 0)
    #expect(classic.symbol(of: 1279) == 255)
    #expect(classic.symbol(of: 1280) == nil)
    let top = PortAlphabet.halves(from: PortAlphabet.largestBase(bits: 15))
    #expect(top.symbol(of: 65_535) == 32_767)
    #expect(top.symbol(of: 32_767) == nil)
  }

  @Test func theCounterIsTheFirstEightBytes() {
    let bytes = (1...38).map { UInt8($0) }
    let alphabet = PortAlphabet.halves(from: 0)
    #expect(alphabet.counter(of: alphabet.ports(of: bytes)) == 0x0102_0304_0506_0708)
  }
}
