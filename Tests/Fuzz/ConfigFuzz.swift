// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire

/// Any text, a form feed between the main file, a further one and a user's own: a configuration or errors; what compiles has tables that survive their encoding.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzConfig(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let configuration = try? Configuration(merging: files(text)),
    let tables = try? configuration.compiled(with: world)
  else { return 0 }
  precondition((try? tables.gate.encoded().withBytes { try GateTables(decoding: $0) }) == tables.gate)
  precondition((try? tables.keeper.encoded().withBytes { try KeeperTables(decoding: $0) }) == tables.keeper)
  return 0
}

private func files(_ text: [UInt8]) -> [ConfigText] {
  let parts = [ConfigText.Part.tables, .tables] + (Name("user").map { [.user($0)] } ?? [])
  let texts = text.split(separator: 0x0C, maxSplits: 2, omittingEmptySubsequences: false)
  return zip(texts, parts).map { ConfigText(Array($0), file: "fuzz.toml", part: $1) }
}

/// Every path is a key file of its own content; nothing here is cryptography.
private var world: World {
  World(
    absolute: { $1 + "/" + $0 }, secret: { folded(Array($0.utf8)) }, secretText: { Array($0.utf8) },
    publicKey: { Bytes32(high: $0.low, low: $0.high) },
    agrees: { $0 != $1 }, doorID: { DoorID(folded(Array($0.description.utf8)).high.high) }, sha256: folded,
    groupID: { $0.isEmpty ? nil : UInt32($0.utf8.count) })
}

private func folded(_ bytes: [UInt8]) -> Bytes32 {
  var state: [UInt8] = Array(repeating: 0x5A, count: 32)
  for (index, byte) in bytes.enumerated() { state[index % 32] = state[index % 32] &* 31 &+ byte }
  return Bytes32(state) ?? .zero
}
