// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternImport
internal import PosternPlatform

/// The files that an importer reads.
final class ImportWorld {
  /// Of all files together: a gateway with thousands of users stays below it.
  private var room = 64 << 20
  /// Names in a folder, whatever they end with.
  private static let mostNames = 4096
  private lazy var services = try? ServiceNames(read("/etc/services"))

  func read(_ path: String) throws(ImportFailure) -> ForeignText {
    try ForeignText(bytes(path, limit: ForeignText.maximumBytes), file: path)
  }

  /// What a file may ask for; paths that are not absolute start at its own directory.
  func files(besides file: String) -> ForeignFiles {
    let directory = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    let place = { (path: String) in path.hasPrefix("/") ? path : directory + path }
    return ForeignFiles(
      text: { path throws(ImportFailure) in try self.read(place(path)) },
      bytes: { path, limit throws(ImportFailure) in try self.bytes(place(path), limit: limit) },
      folder: { self.folder(place($0)) }, port: { self.services?[$0] })
  }

  private func bytes(_ path: String, limit: Int) throws(ImportFailure) -> [UInt8] {
    do throws(PlatformError) {
      let bytes = try BoundedFile.read(BoundedFile.open(path), limit: min(limit, room))
      room -= bytes.count
      return bytes
    } catch {
      throw ImportFailure("\(error)", at: ImportPosition(file: path, line: 0))
    }
  }

  private func folder(_ path: String) -> [String]? {
    do throws(PlatformError) {
      let folder = path.hasSuffix("/") ? path : path + "/"
      return try DirectoryListing.names(in: path, atMost: Self.mostNames)?.sorted().map { folder + $0 }
    } catch {
      return nil
    }
  }
}
