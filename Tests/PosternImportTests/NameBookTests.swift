// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import Testing

@testable import PosternImport

@Suite struct NameBookTests {
  static let rows: [(text: String, name: String)] = [
    ("ssh", "ssh"), ("openSSH", "openssh"), ("tcp/22", "tcp-22"), ("-a-", "a"), ("._x", "x"), ("", "key"), ("---", "key"),
    ("Ünter", "nter"), ("a b\tc", "a-b-c"), (String(repeating: "x", count: 40), String(repeating: "x", count: 32)),
  ]

  @Test(arguments: rows.indices) func makesNames(_ index: Int) {
    var book = NameBook()
    let name = book.name(for: Self.rows[index].text, or: "key")
    #expect(name == Self.rows[index].name)
    #expect(Name(name) != nil)
  }

  @Test func eachOnce() {
    var book = NameBook()
    let long = String(repeating: "x", count: 40)
    let names = (0..<100).flatMap { _ in
      [book.name(for: "a", or: "key"), book.name(for: long, or: "key"), book.name(for: "a-2", or: "key")]
    }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { Name($0) != nil })
  }
}
