// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables

/// A credential with the client key that it belongs to.
package struct Registered<Credential: Sendable>: Sendable {
  package let key: KeyIndex
  package let credential: Credential

  package init(_ key: KeyIndex, _ credential: Credential) {
    self.key = key
    self.credential = credential
  }
}

extension GateTables {
  /// The keys whose credential is of one protocol, in their order.
  func registered<Value>(_ pick: (Credential) -> Value?) -> [Registered<Value>] {
    keys.enumerated().compactMap { index, key in pick(key.credential).map { Registered(KeyIndex(index), $0) } }
  }
}
