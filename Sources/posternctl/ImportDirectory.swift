// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform

/// The directory that gets the files of an import: all of them or none, and none that is there already is replaced.
struct ImportDirectory: ~Copyable {
  private let path: String
  private let lock: LockedDirectory

  init(_ path: String) throws(ImportProblem) {
    self.path = path
    do throws(PlatformError) { lock = try LockedDirectory(path) } catch { throw .file(path: path, error) }
  }

  /// Makes the files, mode 0600.
  func create(_ files: [(name: String, content: [UInt8])]) throws(ImportProblem) {
    var made: [String] = []
    for file in files {
      let target = Self.path(path, file.name)
      do throws(PlatformError) {
        try WholeFile.create(target, file.content)
        made.append(target)
      } catch {
        for other in made { try? WholeFile.remove(other) }
        throw .file(path: target, error)
      }
    }
  }

  static func path(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }
}
