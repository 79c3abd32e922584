// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternPlatform
import Testing

/// Files and directories as commands and daemons treat them.
@Suite struct FilesTests {
  /// A directory of its own for one test, removed at the end.
  final class Scratch {
    let path = NSTemporaryDirectory() + "/postern-files-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func text(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
  }

  private func code(_ body: () throws(PlatformError) -> Void) -> CInt? {
    do throws(PlatformError) {
      try body()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func listing() throws {
    let scratch = try Scratch()
    for name in ["b", ".a", "c.toml"] { _ = FileManager.default.createFile(atPath: "\(scratch.path)/\(name)", contents: nil) }
    #expect(try DirectoryListing.names(in: scratch.path, atMost: 3)?.sorted() == [".a", "b", "c.toml"])
    #expect(code { () throws(PlatformError) in _ = try DirectoryListing.names(in: scratch.path, atMost: 2) } == EFBIG)
    #expect(try DirectoryListing.names(in: scratch.path + "/nowhere", atMost: 1) == nil)
    #expect(code { () throws(PlatformError) in _ = try DirectoryListing.names(in: scratch.path + "/b", atMost: 1) } == ENOTDIR)
  }

  @Test func wholeFilesComeChangeAndGo() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/f"
    try WholeFile.create(path, Array("one".utf8))
    #expect(scratch.text("f") == "one" && scratch.names == ["f"])
    #expect(code { () throws(PlatformError) in try WholeFile.create(path, Array("two".utf8)) } == EEXIST)
    #expect(scratch.text("f") == "one" && scratch.names == ["f"])
    // What an earlier run left behind is in nobody's way.
    _ = FileManager.default.createFile(atPath: "\(scratch.path)/.f.new", contents: Data("half".utf8))
    try WholeFile.replace(path, Array("three".utf8))
    #expect(scratch.text("f") == "three" && scratch.names == ["f"])
    var status = stat()
    #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    try WholeFile.remove(path)
    #expect(scratch.names.isEmpty)
    #expect(code { () throws(PlatformError) in try WholeFile.remove(path) } == ENOENT)
  }

  @Test func aLockedDirectoryHasOneOwner() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/users.d"
    do {
      let first = try LockedDirectory(path)
      #expect(code { () throws(PlatformError) in _ = try LockedDirectory(path) } == EWOULDBLOCK)
      _ = consume first
    }
    #expect(code { () throws(PlatformError) in _ = try LockedDirectory(path) } == nil)
    var status = stat()
    #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test func access() throws {
    let scratch = try Scratch()
    _ = FileManager.default.createFile(atPath: "\(scratch.path)/f", contents: nil)
    #expect(FileAccess.trouble(writingInto: scratch.path) == nil)
    #expect(FileAccess.trouble(writingInto: scratch.path + "/f") == "Not a directory")
    #expect(FileAccess.trouble(writingInto: scratch.path + "/nowhere") == "No such file or directory")
    #expect(FileAccess.trouble(appendingTo: scratch.path + "/f") == nil)
    #expect(FileAccess.trouble(appendingTo: scratch.path + "/new") == nil)
    #expect(FileAccess.trouble(appendingTo: scratch.path + "/nowhere/new") == "No such file or directory")
    #expect(FileAccess.exists(scratch.path) && !FileAccess.exists(scratch.path + "/nowhere"))
    #expect(FileAccess.directory(of: "/a/b") == "/a" && FileAccess.directory(of: "/a") == "/")
  }
}
