// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Where the flows of a door's leases are led: a map of the administrator's and what its elements say.
package struct Forward: Hashable, Sendable {
  package var map: KeeperTables.SetReference
  package var target: ForwardTarget

  package init(map: KeeperTables.SetReference, target: ForwardTarget) {
    self.map = map
    self.target = target
  }
}
