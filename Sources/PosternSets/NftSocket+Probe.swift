// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
import PosternWire

extension NftSocket {
  private static let probe = "postern-probe"

  /// Whether rules of this kernel can queue packets.
  ///
  /// Asked by a transaction that makes a table with one such rule and has no end: the kernel judges each message, and applies nothing.
  package mutating func canQueue() throws(SetError) -> Bool {
    let first = reserveSequence(4)
    outgoing.removeAll()
    outgoing.batchBegin(sequence: first)
    outgoing.probe(NftConstants.newTable, sequence: first &+ 1) { $0.put(NftConstants.tableName, text: Self.probe) }
    outgoing.probe(NftConstants.newChain, sequence: first &+ 2) { message in
      message.put(NftConstants.chainTable, text: Self.probe)
      message.put(NftConstants.chainName, text: Self.probe)
    }
    outgoing.probe(NftConstants.newRule, sequence: first &+ 3) { message in
      message.put(NftConstants.ruleTable, text: Self.probe)
      message.put(NftConstants.ruleChain, text: Self.probe)
      message.nest(NftConstants.ruleExpressions) { $0.nest(NftConstants.listItem) { $0.putQueue() } }
    }
    try descriptor.send(outgoing)
    switch try answer(from: first, to: first &+ 3) {
    case 0: return true
    case ENOENT, EOPNOTSUPP: return false
    case let code: throw code == EPERM ? .unprivileged : SetError(errno: code)
    }
  }

  /// The errno of the first message that was refused, zero when the last was not.
  private mutating func answer(from first: UInt32, to last: UInt32) throws(SetError) -> Int32 {
    while true {
      let code = try receive { datagram -> Int32? in
        var cursor = MessageCursor()
        while let message = cursor.next(in: datagram) {
          guard let answer = Acknowledgement(message, in: datagram), answer.sequence &- first <= last &- first else { continue }
          if answer.errno != 0 || answer.sequence == last { return answer.errno }
        }
        return nil
      }
      if let code { return code }
    }
  }
}

extension MessageBuffer {
  fileprivate mutating func probe(_ type: UInt16, sequence: UInt32, _ body: (inout MessageBuffer) -> Void) {
    let flags = NftConstants.create | NftConstants.acknowledge
    message(NftConstants.messageType(type), family: UInt8(NFPROTO_INET), flags: flags, sequence: sequence)
    body(&self)
  }

  fileprivate mutating func putQueue() {
    put(NftConstants.expressionName, text: "queue")
    nest(NftConstants.expressionData) { $0.put(NftConstants.queueNumber, bytes: [0, 0]) }
  }
}
