// SPDX-License-Identifier: Apache-2.0
import PosternKnock

extension ImportedConfiguration {
  /// Keys that stay switched off because nobody accepted their knocks are not carried.
  package mutating func noteWeakness() {
    for user in users {
      for key in user.keys where key.strength < .authenticated && !key.isOff {
        collectedNotes.gap(
          "key \(user.name)/\(key.name) stays switched off until you accept \(key.strength.word) knocks (--accept-weak)",
          at: key.origin)
      }
    }
  }
}
