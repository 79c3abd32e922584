// SPDX-License-Identifier: Apache-2.0

extension Configuration {
  /// `[state]`: where the replay ring is kept.
  package struct State: Sendable {
    package let directory: String

    init(_ section: inout Section) { directory = section.text("directory", .path)?.value ?? "/var/lib/postern" }
  }
}
