// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[control]`: where operators are listened to.
  package struct Control: Sendable {
    package let socket: Located<String>

    init(_ section: inout Section) {
      socket = section.path("socket", atMost: TableLimits.socketPathBytes, standard: "/run/postern/control")
    }
  }
}
