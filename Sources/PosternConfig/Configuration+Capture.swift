// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[capture]`: where knocks come in.
  package struct Capture: Sendable {
    /// NFLOG groups.
    package let groups: [UInt16]

    init(_ section: inout Section) {
      let found = section.integers("groups", in: 0...Int64(UInt16.max), 1...TableLimits.groups)
      groups = found?.map { UInt16(clamping: $0.value) } ?? [5]
    }
  }
}
