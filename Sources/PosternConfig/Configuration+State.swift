// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[state]`: where replay rings and key states are kept.
  package struct State: Sendable {
    package let directory: Located<String>
    /// Raised to have all client keys whose state was lost begin anew.
    package let renewal: UInt32

    init(_ section: inout Section) {
      directory = section.path("directory", atMost: TableLimits.pathBytes, standard: "/var/lib/postern")
      renewal = section.renewal()
    }
  }
}
