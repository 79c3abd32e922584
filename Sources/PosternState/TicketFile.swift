// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternWire

/// Which actions were started, by their tickets: written by the runner right before each start, so that none starts twice, whichever
/// process dies.
///
/// A file of fixed slots of eight bytes; ticket `n` stands in slot `n % slots`. It does not survive a power cut for certain.
package struct TicketFile: ~Copyable {
  /// Far more than can be asked for and not yet be told of.
  package static let slots: UInt64 = 4096
  private static let slotBytes = 8

  /// For handing to another process; this value closes it.
  package let descriptor: Int32

  /// Takes over a descriptor that is open for reading and writing.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { SystemCall.close(descriptor) }

  /// Opens the file, or makes it; for the keeper. It is this daemon's and its runners' alone; `inUse` when a runner of an earlier
  /// daemon still has it after `milliseconds`: that one might start something.
  package static func prepare(path: String, patience milliseconds: Int = 2000) throws(StateError) -> TicketFile {
    let file = TicketFile(descriptor: try SystemCall.openFile(path, O_RDWR | O_CREAT, 0o600))
    try file.claim(milliseconds)
    let size = Int(slots) * slotBytes
    if try SystemCall.size(file.descriptor) != size {
      try SystemCall.truncate(file.descriptor, to: 0)
      try SystemCall.allocate(file.descriptor, size)
    }
    return file
  }

  private func claim(_ milliseconds: Int) throws(StateError) {
    for _ in 0...(milliseconds / 10) {
      if try SystemCall.lock(descriptor) { return }
      SystemCall.pause(milliseconds: 10)
    }
    throw .inUse
  }

  /// Whether the action of this ticket was started, or was about to be.
  package func contains(_ ticket: UInt64) throws(StateError) -> Bool {
    var slot = [UInt8](repeating: 0, count: Self.slotBytes)
    guard try SystemCall.read(descriptor, into: &slot, at: Self.place(of: ticket)) == slot.count else { return false }
    return slot.withBytes { $0.u64(at: 0) } == ticket
  }

  /// To be called right before the start.
  package func note(_ ticket: UInt64) throws(StateError) {
    var writer = WireWriter(capacity: Self.slotBytes)
    writer.u64(ticket)
    guard try SystemCall.write(descriptor, writer.bytes[...], at: Self.place(of: ticket)) == Self.slotBytes else {
      throw .failed(.write, errno: EIO)
    }
  }

  private static func place(of ticket: UInt64) -> Int { Int(ticket % slots) * slotBytes }
}
