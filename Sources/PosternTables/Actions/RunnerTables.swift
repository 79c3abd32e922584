// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// All that the runner can do: the programs, by their place.
package struct RunnerTables: Hashable, Sendable {
  private static let header = TableHeader(magic: 0x504F_5354_5255_4E4E, version: 1)  // "POSTRUNN"

  package var programs: [RunnerProgram]

  package init(programs: [RunnerProgram]) { self.programs = programs }

  package func encoded() -> [UInt8] {
    var writer = Self.header.begin(capacity: 512 * programs.count)
    writer.list(programs) { $1.put(to: &$0) }
    return Self.header.finish(writer)
  }

  /// Refuses everything that ``encoded()`` does not make of tables within ``TableLimits``.
  package init(decoding bytes: RawSpan) throws(WireError) {
    var reader = WireReader(bytes)
    try Self.header.check(&reader)
    programs = try reader.list(0...TableLimits.actions) { (reader) throws(WireError) in try RunnerProgram(&reader) }
    guard reader.isAtEnd else { throw .malformed }
  }
}
