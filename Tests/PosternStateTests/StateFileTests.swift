// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternState
import Testing

@Suite struct StateFileTests {
  @Test func readsWhatItWrote() throws {
    let scratch = try Scratch()
    let path = scratch.file("keys")
    #expect(try StateFile.read(path, limit: 9) == nil)
    try StateFile.replace(path, with: Array("one".utf8))
    try StateFile.replace(path, with: Array("two two".utf8))
    #expect(try StateFile.read(path, limit: 9) == Array("two two".utf8))
    #expect(try StateFile.read(path, limit: 6) == nil)
    #expect(try scratch.mode("keys") == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["keys"])
  }

  @Test func onlyRegularFiles() throws {
    let scratch = try Scratch()
    try FileManager.default.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: "/dev/null")
    #expect(throws: StateError.failed(.open, errno: ELOOP)) { _ = try StateFile.read(scratch.file("link"), limit: 1) }
    #expect(throws: StateError.notARegularFile) { _ = try StateFile.read("/dev/null", limit: 1) }
    #expect(throws: StateError.failed(.open, errno: ENOENT)) { try StateFile.replace(scratch.file("no/where"), with: [1]) }
  }
}
