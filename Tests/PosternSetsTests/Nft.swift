// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternTables

/// The nft command in the calling thread's network namespace: the other opinion on what the kernel holds.
enum Nft {
  /// Loads a ruleset.
  static func load(_ script: String) throws {
    let input = unsafe popen("nft -f -", "w")
    guard let input = unsafe input else { throw Network.Failure(text: "nft does not start") }
    unsafe fputs(script, input)
    guard unsafe pclose(input) == 0 else { throw Network.Failure(text: "nft refused: \(script)") }
  }

  /// What a command prints.
  static func output(_ arguments: String) throws -> String {
    let output = unsafe popen("nft \(arguments)", "r")
    guard let output = unsafe output else { throw Network.Failure(text: "nft does not start") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, output)
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    guard unsafe pclose(output) == 0 else { throw Network.Failure(text: "nft failed: \(arguments)") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// One element as `nft -j list set` tells of it; times in whole seconds.
  struct Element: Hashable {
    var address: String
    var transport: String
    var port: Int
    var timeout: Int?
    var expires: Int?
    var comment: String?
  }

  /// The elements of a set with `address . inet_proto . inet_service` keys.
  static func elements(_ set: KeeperTables.SetReference) throws -> [Element] { try items(set).compactMap(element) }

  /// The keys of a set's elements with their comments: the parts as nft writes them, with blanks between.
  static func keys(_ set: KeeperTables.SetReference) throws -> [String: String?] {
    let keys = try items(set).map { item in
      let inner = item["elem"] as? [String: Any]
      let value = inner?["val"] ?? item
      let parts = (value as? [String: Any])?["concat"] as? [Any] ?? [value]
      return (parts.map { "\($0)" }.joined(separator: " "), inner?["comment"] as? String)
    }
    return Dictionary(keys) { first, _ in first }
  }

  private static func items(_ set: KeeperTables.SetReference) throws -> [[String: Any]] {
    let text = try output("-j list set \(set.family) \(set.table) \(set.set)")
    let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let objects = root?["nftables"] as? [[String: Any]] ?? []
    let listed = objects.compactMap { $0["set"] as? [String: Any] }.first
    return listed?["elem"] as? [[String: Any]] ?? []
  }

  private static func element(_ item: [String: Any]) -> Element? {
    let inner = item["elem"] as? [String: Any]
    let value = inner?["val"] as? [String: Any] ?? item
    guard let parts = value["concat"] as? [Any], parts.count == 3, let address = parts[0] as? String,
      let transport = parts[1] as? String, let port = parts[2] as? Int
    else { return nil }
    return Element(
      address: address, transport: transport, port: port, timeout: inner?["timeout"] as? Int,
      expires: inner?["expires"] as? Int, comment: inner?["comment"] as? String)
  }
}
