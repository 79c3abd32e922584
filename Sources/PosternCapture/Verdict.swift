// SPDX-License-Identifier: Apache-2.0

/// What becomes of a queued packet. The kernel knows more; none of the others is ever right here: a repetition would run the chain that
/// queued the packet again, and queue it again.
package enum Verdict: Hashable, Sendable {
  /// The packet goes on to the next chain, which decides.
  case accept
  case drop

  var code: CInt {
    switch self {
    case .accept: QueueConstants.accept
    case .drop: QueueConstants.drop
    }
  }
}
