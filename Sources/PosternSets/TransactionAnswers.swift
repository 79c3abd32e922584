// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Collects the kernel's answers to one transaction, datagram by datagram.
///
/// The kernel answers every refused message, then the last one, which alone asks for an acknowledgement; a transaction that failed
/// as a whole is answered at its begin message. Answers to anything else (an earlier transaction) are passed over.
package struct TransactionAnswers: Sendable {
  /// The first refusal of one operation.
  package struct Refusal: Hashable, Sendable {
    package let position: Int
    package let errno: Int32
    /// Offset of the attribute at fault in the refused message.
    package let badAttribute: UInt32?
  }

  /// A put is three messages: its sequence numbers are apart by this; a removal uses the last of them only.
  static let steps: UInt32 = 3

  private let begin: UInt32
  private let operations: Int
  /// In the order of the operations, one each at most.
  package private(set) var refusals: [Refusal] = []
  /// The errno that the transaction as a whole failed with.
  package private(set) var failure: Int32?
  /// Whether the kernel has said everything it will say.
  package private(set) var isComplete = false

  /// `begin` is the sequence number of the begin message; those of the operations follow.
  package init(begin: UInt32, operations: Int) {
    self.begin = begin
    self.operations = operations
  }

  package mutating func take(_ datagram: RawSpan) {
    var cursor = MessageCursor()
    while !isComplete, let message = cursor.next(in: datagram) {
      if let answer = Acknowledgement(message, in: datagram) { take(answer) }
    }
  }

  private mutating func take(_ answer: Acknowledgement) {
    let place = answer.sequence &- begin
    guard place > 0 else { return takeBegin(answer) }
    guard place <= UInt32(operations) * Self.steps else { return }
    if answer.errno != 0 { takeRefusal(answer, position: Int((place - 1) / Self.steps)) }
    isComplete = place == UInt32(operations) * Self.steps
  }

  private mutating func takeBegin(_ answer: Acknowledgement) {
    guard answer.errno != 0 else { return }
    failure = answer.errno
    isComplete = true
  }

  private mutating func takeRefusal(_ answer: Acknowledgement, position: Int) {
    guard refusals.last?.position != position else { return }
    refusals.append(Refusal(position: position, errno: answer.errno, badAttribute: answer.badAttribute))
  }
}
