// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Hosts that this one cannot do without: nobody who forges their packets gets them banned.
package struct Bystanders: Hashable, Sendable {
  package var routers: Set<IPAddress>
  package var resolvers: Set<IPAddress>

  package init(routers: Set<IPAddress> = [], resolvers: Set<IPAddress> = []) {
    self.routers = routers
    self.resolvers = resolvers
  }
}
