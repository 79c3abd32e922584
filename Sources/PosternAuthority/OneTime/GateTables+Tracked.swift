// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables

extension GateTables {
  /// The client keys that need a state.
  package var trackedKeys: [KeyStates.Tracked] {
    keys.enumerated().filter { $1.limits.needsState || $1.credential.countsOnce }.map {
      KeyStates.Tracked(key: KeyIndex($0), fingerprint: $1.fingerprint, renewal: $1.limits.renewal)
    }
  }
}
