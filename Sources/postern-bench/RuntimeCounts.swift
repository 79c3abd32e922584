// SPDX-License-Identifier: Apache-2.0
internal import CRuntimeCounts

/// How often memory was allocated and objects were retained and released, by whatever library.
package struct RuntimeCounts: Hashable, Sendable {
  package var allocations: Int
  package var retains: Int
  package var releases: Int

  package init(allocations: Int = 0, retains: Int = 0, releases: Int = 0) {
    self.allocations = allocations
    self.retains = retains
    self.releases = releases
  }

  /// What the calling thread does in `body`.
  package static func of(_ body: () -> Void) -> RuntimeCounts {
    postern_counting_begin()
    body()
    return RuntimeCounts(postern_counting_end())
  }

  private init(_ counts: postern_runtime_counts) {
    self.init(allocations: Int(counts.allocations), retains: Int(counts.retains), releases: Int(counts.releases))
  }
}
