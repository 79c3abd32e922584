// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// What became of a knock.
package enum Judgement: Hashable, Sendable {
  /// `recorded` says whether the knock is spent.
  case refused(Denial, recorded: Bool)
  case granted([Grant])

  /// The judgement after its wake-up's records could not be written: what would have been granted is refused, and stays spent.
  package var withoutRecord: Judgement {
    switch self {
    case .refused: self
    case .granted: .refused(.stateUnwritable, recorded: true)
    }
  }
}
