// SPDX-License-Identifier: Apache-2.0
internal import PosternExplain

/// How many packets came to which end.
struct VerdictTally {
  private var granted = 0
  private var observed = 0
  private var closed = 0
  private var refused = 0
  private var steps = 0
  private var passedOver = 0

  mutating func count(_ verdict: Explanation.Verdict) {
    switch verdict {
    case .opened, .started(_, isOnlyObserved: false): granted += 1
    case .observed, .started(_, isOnlyObserved: true): observed += 1
    case .closed: closed += 1
    case .refused: refused += 1
    case .step: steps += 1
    case .passedOver: passedOver += 1
    }
  }

  /// The summary that ends the text.
  var line: String {
    let all = granted + observed + closed + refused + steps + passedOver
    let watched = (observed == 0 ? "" : ", \(observed) observed") + (steps == 0 ? "" : ", \(steps) steps")
    return "\(all) packet\(all == 1 ? "" : "s"): \(granted) granted\(watched), \(closed) closed, \(refused) refused, "
      + "\(passedOver) passed over"
  }
}
