// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternPlatform

/// Verdicts on packets that wait in queues. ``HeldPackets`` says which, and why each is ACCEPT.
extension Daemon {
  /// A queue that is not ours is no queue: a gate in other hands may name any.
  func accept(_ packets: [KeeperFrame.Held]) {
    for packet in packets {
      // What cannot be sent leaves the packet to its sender, who repeats it.
      try? resources.sources.queues.first { $0.queue == packet.queue }?.accept(packet.id)
    }
  }

  /// Drops every packet that waits in a queue of this gate's: the one that should have told of it, or had told of it, is dead.
  mutating func dropHeld(ofGate place: Int) {
    for channel in share(of: place).queues {
      keeper.forgetHeld(in: channel.queue)
      do throws(PlatformError) {
        try channel.dropAll()
      } catch {
        audit.write([.alarm("held packets could not be dropped: \(error)")], at: Self.now)
      }
    }
  }
}
