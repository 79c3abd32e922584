// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SadoorOrderTests {
  @Test func vectors() throws {
    for vector in try SadoorVector.load() {
      let order = try vector.order
      #expect(order.encoded == vector.plain.bytes, "\(vector.name)")
      #expect(vector.plain.bytes.withBytes { SadoorOrder($0) } == order)
      for length in 0..<vector.plain.bytes.count {
        let parsed = Array(vector.plain.bytes.prefix(length)).withBytes { SadoorOrder($0) }
        // A name may be any of its beginnings, and the seal is what keeps it whole.
        #expect(parsed == nil || (vector.run != nil && length > 2), "\(vector.name) \(length)")
      }
      for bit in 0..<vector.plain.bytes.count * 8 {
        var changed = vector.plain.bytes
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        guard let parsed = changed.withBytes({ SadoorOrder($0) }) else { continue }
        #expect(parsed != order && parsed.encoded == changed, "\(vector.name) bit \(bit)")
      }
    }
  }

  static let refused: [(String, [UInt8])] = [
    ("layout", [2, 3, 65]), ("code 0", [1, 0, 65]), ("code 4", [1, 4, 65]), ("no name", [1, 3]),
    ("a long name", [1, 3] + Array(repeating: 65, count: 257)),
    ("an open of nothing", [1, 1] + Array(repeating: 0, count: 26)),
    ("nine services", [1, 2, 0, 9] + Array(repeating: 0, count: 24 + 27)),
    ("high bits", [1, 2, 0x10] + Array(repeating: 0, count: 25)),
    ("an address of mode 0", [1, 2, 0, 0, 0, 0, 0, 0, 1] + Array(repeating: 0, count: 19)),
    ("tcp without port", [1, 2, 0, 1] + Array(repeating: 0, count: 24) + [6, 0, 0]),
    ("one byte too many", [1, 2] + Array(repeating: 0, count: 27)),
  ]

  @Test(arguments: refused) func malformed(_ name: String, _ bytes: [UInt8]) {
    #expect(bytes.withBytes { SadoorOrder($0) } == nil, "\(name)")
  }

  @Test func aCloseOfEverything() {
    let bytes: [UInt8] = [1, 2] + Array(repeating: 0, count: 26)
    #expect(bytes.withBytes { SadoorOrder($0) } == .door(.init(action: .close, ipv4: .none, ipv6: .none)))
  }
}
