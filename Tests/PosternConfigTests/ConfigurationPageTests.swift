// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The page that describes the configuration and the code that reads it name the same keys.
@Suite struct ConfigurationPageTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/PosternConfig")

  private func keysThatAreRead() throws -> Set<String> {
    let getters =
      "text|texts|requiredText|requiredTexts|boolean|integers|count|refill|lease|time|path|prefix|elements|group|entry|needsExactlyOne"
    let call = try Regex("section\\.(\(getters))\\((of: )?\"([a-z0-9-]+)\"")
    var keys: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(at: Self.sources, includingPropertiesForKeys: nil)
    where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: call) { keys.insert(String(match.output[3].substring ?? "")) }
    }
    return keys
  }

  @Test func everyKeyStandsOnThePage() throws {
    let page = try String(contentsOf: Self.sources.appendingPathComponent("PosternConfig.docc/Configuration.md"), encoding: .utf8)
    let keys = try keysThatAreRead()
    // Known to be read, each in its own way: the search works.
    #expect(
      keys.isSuperset(of: ["ports", "groups", "key-burst", "observe-only", "directory", "prefix4", "psk", "users"]))
    for key in keys { #expect(page.contains("`\(key)`") || page.contains(".\(key)`"), "\(key)") }
  }
}
