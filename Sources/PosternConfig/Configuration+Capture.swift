// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[capture]`: where knocks come in.
  package struct Capture: Sendable {
    /// NFLOG groups.
    package let groups: [UInt16]
    /// NFQUEUE queues in which first packets are held, where a door wants that.
    package let queues: [UInt16]

    init(_ section: inout Section) {
      groups = Self.numbers(&section, "groups", atMost: TableLimits.groups) ?? [5]
      queues = Self.numbers(&section, "queues", atMost: TableLimits.queues) ?? [5]
    }

    private static func numbers(_ section: inout Section, _ key: String, atMost count: Int) -> [UInt16]? {
      section.integers(key, in: 0...Int64(UInt16.max), 1...count)?.map { UInt16(clamping: $0.value) }
    }
  }
}
