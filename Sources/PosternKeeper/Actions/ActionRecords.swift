// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternKnock
import PosternWire

/// What the doors' actions still owe, as bytes: the memory that a later keeper goes on with.
///
/// Layout, big-endian: magic 8, next ticket u64, count u32, then for each debt the lease's comment, phase u8, begun u8, family u8 and
/// address, port u16, three lists of names (opens, closes, service), count u16 of asked ones with ticket u64, occasion u8 and name. A
/// text has its length u8 in front.
package enum ActionRecords {
  private static let magic: UInt64 = 0x504F_5354_4143_5431  // "POSTACT1"
  /// No file of ours is longer.
  package static let byteLimit = 32 + ActionBook.debtLimit * 2048

  package struct Memory: Hashable, Sendable {
    package var nextTicket: RunnerRequest.Ticket
    package var debts: [ActionDebt]

    package init(nextTicket: RunnerRequest.Ticket = 1, debts: [ActionDebt] = []) {
      self.nextTicket = nextTicket
      self.debts = debts
    }
  }

  package static func encoded(_ book: ActionBook) -> [UInt8] {
    encoded(
      Memory(nextTicket: book.nextTicket, debts: book.debts.values.sorted { $0.comment.lease.value < $1.comment.lease.value }))
  }

  package static func encoded(_ memory: Memory) -> [UInt8] {
    var writer = WireWriter(capacity: 32 + 160 * memory.debts.count)
    writer.u64(magic)
    writer.u64(memory.nextTicket)
    writer.u32(UInt32(clamping: memory.debts.count))
    for debt in memory.debts { put(debt, to: &writer) }
    return writer.bytes
  }

  /// Nil for bytes that ``encoded(_:)-(Memory)`` does not make.
  package static func decoded(_ bytes: [UInt8]) -> Memory? {
    bytes.withBytes { span in
      var reader = WireReader(span)
      return try? read(&reader)
    }
  }

  private static func read(_ reader: inout WireReader) throws(WireError) -> Memory {
    guard try reader.u64() == magic else { throw .malformed }
    var memory = Memory(nextTicket: try reader.u64())
    let count = Int(try reader.u32())
    guard count <= ActionBook.debtLimit else { throw .malformed }
    for _ in 0..<count { memory.debts.append(try debt(&reader)) }
    guard reader.isAtEnd else { throw .malformed }
    return memory
  }

  private static func put(_ debt: ActionDebt, to writer: inout WireWriter) {
    writer.short(debt.comment.description)
    writer.u8(debt.phase.rawValue)
    writer.u8(debt.hasBegun ? 1 : 0)
    switch debt.source {
    case .v4(let address):
      writer.u8(4)
      writer.u32(address.value)
    case .v6(let address):
      writer.u8(6)
      writer.put(address.bytes)
    case nil: writer.u8(0)
    }
    writer.u16(debt.port?.number ?? 0)
    for names in [debt.opens, debt.closes, debt.service.map { [$0] } ?? []] {
      writer.u8(UInt8(clamping: names.count))
      for name in names { writer.short(name.description) }
    }
    writer.u16(UInt16(clamping: debt.asked.count))
    for (ticket, asked) in debt.asked.sorted(by: { $0.key < $1.key }) {
      writer.u64(ticket)
      writer.u8(asked.occasion.rawValue)
      writer.short(asked.action.description)
    }
  }

  private static func debt(_ reader: inout WireReader) throws(WireError) -> ActionDebt {
    guard let comment = LeaseComment(try reader.short()), let phase = ActionDebt.Phase(rawValue: try reader.u8()) else {
      throw .malformed
    }
    let begun = try reader.u8()
    let source = try address(&reader)
    let port = Port(try reader.u16())
    let (opens, closes, services) = (try reader.names(), try reader.names(), try reader.names())
    guard begun <= 1, services.count <= 1 else { throw .malformed }
    var debt = ActionDebt(comment, source: source, port: port, opens: opens, closes: closes, service: services.first)
    debt.phase = phase
    debt.hasBegun = begun == 1
    for _ in 0..<Int(try reader.u16()) {
      let ticket = try reader.u64()
      guard let occasion = ActionOccasion(rawValue: try reader.u8()) else { throw .malformed }
      debt.asked[ticket] = .init(try reader.shortName(), occasion)
    }
    return debt
  }

  private static func address(_ reader: inout WireReader) throws(WireError) -> IPAddress? {
    switch try reader.u8() {
    case 0: nil
    case 4: .v4(IPv4Address(try reader.u32()))
    case 6: .v6(IPv6Address(try reader.bytes16()))
    default: throw .malformed
    }
  }
}

extension WireWriter {
  fileprivate mutating func short(_ text: String) {
    u8(UInt8(clamping: text.utf8.count))
    raw(text.utf8.prefix(Int(UInt8.max)))
  }
}

extension WireReader {
  fileprivate mutating func short() throws(WireError) -> String { String(decoding: try bytes(Int(try u8())), as: UTF8.self) }

  fileprivate mutating func shortName() throws(WireError) -> Name {
    guard let name = Name(try short()) else { throw .malformed }
    return name
  }

  fileprivate mutating func names() throws(WireError) -> [Name] {
    let count = Int(try u8())
    var names: [Name] = []
    for _ in 0..<count { names.append(try shortName()) }
    return names
  }
}
