// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternPlatform

extension Bystanders {
  /// Takes those of this host, or of the network namespace that it runs in; what cannot be read now stays as it was.
  mutating func refresh() {
    if let found = DefaultRouters.all() { routers = Set(found) }
    if let found = NameServers.all() { resolvers = Set(found) }
  }
}
