// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@testable import PosternImport

/// Texts and files that the tests of this folder share.
enum Samples {
  static func text(_ lines: String, file: String = "old.conf") throws -> ForeignText {
    try ForeignText(Array(lines.utf8), file: file)
  }

  /// A world of these files, by their paths; folders are what their paths begin with.
  static func files(_ contents: [String: String]) -> ForeignFiles {
    let bytes = { (path: String) throws(ImportFailure) -> [UInt8] in
      guard let content = contents[path] else {
        throw ImportFailure("no such file", at: ImportPosition(file: path, line: 0))
      }
      return Array(content.utf8)
    }
    return ForeignFiles(
      text: { path throws(ImportFailure) in try ForeignText(bytes(path), file: path) },
      bytes: { path, _ throws(ImportFailure) in try bytes(path) },
      folder: { folder in
        let inside = contents.keys.filter { $0.hasPrefix(folder + "/") }
        return inside.isEmpty ? nil : inside.sorted()
      },
      port: { ["ssh": 22, "http": 80, "imaps": 993][$0] })
  }

  static var noFiles: ForeignFiles { files([:]) }

  /// What an import says, as its command prints it; of a refusal as well.
  static func notes(_ importing: () throws -> ImportedConfiguration) -> [String] {
    do { return try importing().notes.map(\.description) } catch let failure as ImportFailure {
      return failure.notes.map(\.description)
    } catch { return ["\(error)"] }
  }

  static func written(_ imported: ImportedConfiguration, acceptsWeak: Bool = true, writesSecrets: Bool = true) -> String {
    ConfigurationText(imported, acceptsWeak: acceptsWeak, writesSecrets: writesSecrets).text
  }

  /// The whole text without comments and empty lines.
  static func statements(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  // MARK: Postern's own reader

  private static let main = """
    version = 1
    [gateway]
    key = "gateway.key"

    """

  /// What Postern's configuration makes of the text beside a main file; throws its errors.
  static func configuration(_ text: String) throws -> Configuration {
    try Configuration(merging: [
      ConfigText(Array(main.utf8), file: "postern.toml"), ConfigText(Array(text.utf8), file: "conf.d/new.toml"),
    ])
  }

  /// The tables that the text comes to with the secrets of the import; throws what is wrong.
  static func tables(_ imported: ImportedConfiguration, acceptsWeak: Bool = true) throws -> CompiledTables {
    try configuration(written(imported, acceptsWeak: acceptsWeak)).compiled(with: world(imported.secrets))
  }

  private struct NoSuchFile: Error, CustomStringConvertible { let description = "no such file" }

  private static func world(_ secrets: [ImportedSecret]) -> World {
    World(
      absolute: { path, _ in path }, secret: { _ in Bytes32(Array(repeating: 7, count: 32)) ?? .zero },
      secretText: { path in
        guard let content = secrets.first(where: { $0.name == path })?.content else { throw NoSuchFile() }
        return content.last == 10 ? content.dropLast() : content
      },
      publicKey: { $0 }, agrees: { _, _ in true }, doorID: { DoorID(UInt64(bitPattern: Int64($0.hashValue))) },
      sha256: { Bytes32(Array($0.prefix(32)) + Array(repeating: 0, count: max(0, 32 - $0.count))) ?? .zero },
      groupID: { _ in nil })
  }
}
