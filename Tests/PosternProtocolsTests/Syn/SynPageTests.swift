// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternWire
import Testing

/// The specification page and the vectors say the same.
@Suite struct SynPageTests {
  @Test func everyValueOfTheWorkedExampleStandsOnThePage() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let page = try String(
      contentsOf: root.appendingPathComponent("Sources/PosternProtocols/PosternProtocols.docc/SYN.md"), encoding: .utf8)
    let vector = try #require(try VectorFile.load("syn/version1.json", as: SynReaderTests.Vector.self).first)
    for bytes in [vector.secret, vector.message, vector.code, vector.hintCode, vector.knockId] {
      #expect(page.contains(Hex.encode(bytes.bytes)))
    }
    for number in [vector.sequence, vector.acknowledgement, UInt32(vector.window), UInt32(vector.time), UInt32(vector.step)] {
      #expect(page.contains("\(number)"))
    }
  }
}
