// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to every reader of netlink datagrams. Built with swiftc beside the library's modules, not by SwiftPM.
import PosternSets
import PosternTables
import PosternWire

/// A datagram whose sequence numbers the fuzzer is told: it need not guess four bytes to get past them.
private let sequence: UInt32 = 0x0101_0101

private let layouts: [SetLayout] = [.plain(.ipv4, prefix: 24), .standard(.ipv4), .standard(.ipv6, prefix: 64)]

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNetlinkAnswer(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  bytes.withBytes { datagram in
    var answers = TransactionAnswers(begin: sequence &- 3, operations: 3)
    answers.take(datagram)
    precondition(answers.refusals.allSatisfy { (0..<3).contains($0.position) && $0.errno > 0 })
    var dump = SetDump(sequence: sequence, limit: 4)
    dump.take(datagram)
    precondition(dump.listing.elements.count <= 4)
    for element in dump.listing.elements {
      for layout in layouts {
        guard let parts = element.key.parts(layout) else { continue }
        precondition(ElementKey(parts, layout) == element.key)
      }
    }
    if case .success(let definition) = SetDefinition.answer(in: datagram, sequence: sequence) {
      _ = definition.keyType.description
      if let layout = try? definition.layout(.ipv4) {
        precondition(SetKeyType(layout) == definition.keyType && Int(definition.keyLength) == ElementKey.length(layout))
      }
    }
    _ = SetEvent.events(in: datagram)
  }
  return 0
}
