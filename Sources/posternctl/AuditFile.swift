// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternPlatform

/// The audit's files, read line by line.
enum AuditFile {
  /// EX_NOINPUT of sysexits.h.
  private static let noInput: Int32 = 66

  static func read(_ path: String, _ body: (LineReader.Line) -> Void) throws {
    do throws(PlatformError) {
      var reader = try LineReader(path)
      while let line = try reader.next() { body(line) }
    } catch {
      Terminal.complain("posternctl: \(path): \(error)")
      throw ExitCode(noInput)
    }
  }
}
