// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[capture]`: where knocks come in.
  package struct Capture: Sendable {
    /// NFLOG groups.
    package let groups: [UInt16]
    /// NFQUEUE queues in which first packets are held, where a door wants that.
    package let queues: [UInt16]
    /// How many gates share the groups.
    package let gates: Located<Int>

    init(_ section: inout Section) {
      let numbers = 0...Int64(UInt16.max)
      groups = section.integers("groups", in: numbers, 1...TableLimits.groups)?.map { UInt16(clamping: $0.value) } ?? [5]
      queues = section.integers("queues", in: numbers, 1...TableLimits.queues)?.map { UInt16(clamping: $0.value) } ?? [5]
      let gates = section.integer("gates", in: 1...Int64(TableLimits.gates))
      self.gates = Located(gates.map { Int($0.value) } ?? 1, at: gates?.position ?? section.position)
    }
  }
}
