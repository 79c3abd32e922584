// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[control]`: where operators are listened to.
  package struct Control: Sendable {
    package let socket: String

    init(_ section: inout Section) {
      socket = section.text("socket", .path(atMost: TableLimits.socketPathBytes))?.value ?? "/run/postern/control"
    }
  }
}
