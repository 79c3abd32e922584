// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// The counters that the gate keeps in the page it shares with the keeper; the raw value is the place in the page.
///
/// Refusals come first, at the raw value of their `Denial`. The keeper reads the page as it reads frames: numbers to show, no more.
package enum Counter: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case packets = 96
  case grants
  case datagrams
  case lostBySequence
  case overruns
  case truncated
  case foreignSenders
  case otherMessages
  case ringWriteFailures
  case frameSendFailures
  case heldPackets
  case verdictErrors
  case steps

  /// Places in the page.
  package static let pageSlots = 128

  package static func place(of denial: Denial) -> Int { Int(denial.rawValue) }

  package var description: String {
    switch self {
    case .packets: "packets"
    case .grants: "grants"
    case .datagrams: "datagrams"
    case .lostBySequence: "lost-by-sequence"
    case .overruns: "overruns"
    case .truncated: "truncated"
    case .foreignSenders: "foreign-senders"
    case .otherMessages: "other-messages"
    case .ringWriteFailures: "ring-write-failures"
    case .frameSendFailures: "frame-send-failures"
    case .heldPackets: "held-packets"
    case .verdictErrors: "verdict-errors"
    case .steps: "steps"
    }
  }
}
