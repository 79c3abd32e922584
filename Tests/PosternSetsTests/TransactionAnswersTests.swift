// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternWire
import Testing

/// The kernel's answers as bytes: three operations begun at 100 have the last numbers 103, 106 and 109.
@Suite struct TransactionAnswersTests {
  @Test func lastAcknowledgementCompletes() {
    let answers = taken([acknowledgement(109, 0)])
    #expect(answers.isComplete && answers.refusals.isEmpty && answers.failure == nil)
  }

  @Test func firstRefusalOfAnOperationCounts() {
    let answers = taken([
      acknowledgement(101, 23), acknowledgement(102, 2), acknowledgement(103, 23), acknowledgement(106, 2, badAttribute: 36),
      acknowledgement(109, 0),
    ])
    #expect(answers.isComplete)
    #expect(answers.refusals.map(\.position) == [0, 1])
    #expect(answers.refusals.map(\.errno) == [23, 2])
    #expect(answers.refusals.map(\.badAttribute) == [nil, 36])
  }

  @Test func refusedLastCompletes() {
    let answers = taken([acknowledgement(107, 23), acknowledgement(109, 23)])
    #expect(answers.isComplete && answers.refusals.map(\.position) == [2] && answers.refusals.map(\.errno) == [23])
  }

  @Test func failureOfTheWhole() {
    let answers = taken([acknowledgement(100, 1), acknowledgement(109, 0)])
    #expect(answers.isComplete && answers.failure == 1)
  }

  @Test(arguments: [99, 110, 0, 5000] as [UInt32])
  func answersToOthersArePassedOver(_ sequence: UInt32) {
    let answers = taken([acknowledgement(sequence, 22)])
    #expect(!answers.isComplete && answers.refusals.isEmpty && answers.failure == nil)
  }

  @Test func numbersWrapAround() {
    var answers = TransactionAnswers(begin: .max - 1, operations: 1)
    acknowledgement(1, 23).withBytes { answers.take($0) }
    #expect(answers.isComplete && answers.refusals.map(\.errno) == [23])
  }

  @Test func truncatedAnswersSayNothing() {
    let whole = acknowledgement(109, 23, badAttribute: 36)
    for length in 0..<whole.count {
      let answers = taken([Array(whole.prefix(length))])
      #expect(!answers.isComplete && answers.refusals.isEmpty)
    }
  }

  /// libmnl's own check takes the length as signed.
  @Test(arguments: [0, 15, 37, 0x7fff_ffff, 0x8000_0024, 0xffff_ffff] as [UInt32])
  func wrongLengthSaysNothing(_ length: UInt32) {
    var bytes = acknowledgement(109, 23)
    bytes.replaceSubrange(0..<4, with: host32(length))
    #expect(!taken([bytes]).isComplete)
  }

  private func taken(_ datagrams: [[UInt8]]) -> TransactionAnswers {
    var answers = TransactionAnswers(begin: 100, operations: 3)
    for datagram in datagrams { datagram.withBytes { answers.take($0) } }
    return answers
  }

  /// NLMSG_ERROR as the kernel sends it to a socket with NETLINK_CAP_ACK and NETLINK_EXT_ACK.
  private func acknowledgement(_ sequence: UInt32, _ errno: Int32, badAttribute: UInt32? = nil) -> [UInt8] {
    let attribute = badAttribute.map { host16(8) + host16(2) + host32($0) } ?? []
    let flags: UInt16 = 0x100 | (badAttribute == nil ? 0 : 0x200)
    let length = UInt32(16 + 20 + attribute.count)
    let header = host32(length) + host16(2) + host16(flags) + host32(sequence) + host32(7)
    return header + host32(UInt32(bitPattern: -errno)) + [UInt8](repeating: 0, count: 16) + attribute
  }

  private func host16(_ value: UInt16) -> [UInt8] {
    var writer = WireWriter()
    writer.u16(value.bigEndian)
    return writer.bytes
  }

  private func host32(_ value: UInt32) -> [UInt8] {
    var writer = WireWriter()
    writer.u32(value.bigEndian)
    return writer.bytes
  }
}
