// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternWire
import Testing

/// The specification pages and the vectors say the same.
@Suite struct SealedPageTests {
  private func page(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let page = root.appendingPathComponent("Sources/PosternProtocols/PosternProtocols.docc/\(name).md")
    return try String(contentsOf: page, encoding: .utf8).filter { !$0.isWhitespace }
  }

  @Test func ports() throws {
    let (page, vector) = (try page("Ports"), try #require(try PortsVector.load().first))
    for value in [vector.key, vector.hintKey, vector.hint, vector.plain, vector.envelope, vector.knockId] {
      #expect(page.contains(Hex.encode(value.bytes)))
    }
    #expect(page.contains(vector.ports.map { "\($0)" }.joined()))
  }

  @Test func sadoor() throws {
    let (page, vector) = (try page("Sadoor"), try #require(try SadoorVector.load().first))
    for value in [vector.key, vector.hintKey, vector.hint, vector.plain, vector.envelope, vector.knockId] {
      #expect(page.contains(Hex.encode(value.bytes)))
    }
  }

  @Test func rolling() throws {
    let (page, vector) = (try page("Rolling"), try #require(try RollingVector.load().first))
    for value in [vector.key, vector.doorId, vector.opening, vector.sequence, vector.knockId] {
      #expect(page.contains(Hex.encode(value.bytes)))
    }
    #expect(page.contains(vector.ports.map { "\($0)" }.joined()))
  }
}
