// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock

extension Reading {
  /// What of two readings of one packet is worth telling: the heavier one.
  var weight: Int {
    switch self {
    case .refused(.outOfSequence), .refused(.wrongTag): 0
    case .step: 1
    case .refused: 2
    case .refusedKnown: 3
    case .knock: 4
    }
  }
}
