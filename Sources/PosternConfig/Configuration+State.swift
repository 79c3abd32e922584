// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[state]`: where the replay ring is kept.
  package struct State: Sendable {
    package let directory: Located<String>

    init(_ section: inout Section) {
      directory = section.path("directory", atMost: TableLimits.pathBytes, standard: "/var/lib/postern")
    }
  }
}
