// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternGate
import PosternKnock
import PosternWire

/// Which packet a copy or a replay repeats.
struct EarlierPackets {
  /// By what a packet carried, for those that the gate had a look at.
  private var copies: [[UInt8]: Int] = [:]
  private var knocks: [Bytes16: Int] = [:]

  /// Remembers this packet; gives the number of the one that it repeats.
  mutating func note(_ data: RawSpan, _ examination: Gate.Examination, number: Int) -> Int? {
    switch examination.reading {
    case .refused(.duplicate): return copies[data.copied()]
    case .refused(let denial):
      if denial.isOfTheSealed { copies[data.copied()] = number }
      return nil
    case .step: return nil
    case .refusedKnown:
      copies[data.copied()] = number
      return nil
    case .knock(let knock):
      copies[data.copied()] = number
      if case .refusedKnown(let refusal) = examination.outcome, refusal.denial == .replay { return knocks[knock.id] }
      knocks[knock.id] = number
      return nil
    }
  }
}

extension Denial {
  /// Whether a packet that is refused for this reason is remembered by its tag.
  fileprivate var isOfTheSealed: Bool {
    switch stage {
    case .curve, .identity, .seal: true
    case .prefix, .headers, .carrier, .length, .tag, .copy, .budget, .payload, .hint, .clock, .freshness, .replay, .rate, .record,
      .validity, .door, .hours, .action, .strength, .system, .source, .address, .secondFactor, .oneTime, .uses, .frame, .lease,
      .quota, .kernel, .touch, .ban:
      false
    }
  }
}
