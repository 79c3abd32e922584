// SPDX-License-Identifier: Apache-2.0
import PosternProtocols
import PosternWire
import Testing

@Suite struct ClassicBlockTests {
  @Test func everyTime() throws {
    let port = try #require(Port(22))
    for (time, byte) in [(ClassicBlock.Time.close, UInt64(0)), (.minutes(1), 1), (.minutes(254), 254), (.unlimited, 255)] {
      let block = ClassicBlock(address: IPv4Address(0x0a4d_0002), port: port, time: time)
      #expect(block.encoded >> 8 & 255 == byte)
      #expect(ClassicBlock(block.encoded) == block)
    }
  }

  /// A sum finds every flipped bit.
  @Test func everyFlippedBitIsRefused() {
    let block: UInt64 = 0x0a4d_0002_0016_0f7e
    #expect(ClassicBlock(block) != nil)
    for bit in 0..<64 { #expect(ClassicBlock(block ^ 1 << UInt64(bit)) == nil, "bit \(bit)") }
  }

  @Test func portZeroIsNone() { #expect(ClassicBlock(0x0a4d_0002_0000_0f68) == nil) }
}
