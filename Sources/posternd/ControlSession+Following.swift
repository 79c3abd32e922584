// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternPlatform

/// Following events: the session reads the daemon's memory at its own pace. It holds back nobody and costs no more than one piece.
extension ControlSession {
  /// Events that are looked at for one piece.
  private static let eventsAtOnce: UInt64 = 64

  /// Sends what is new, as much as the socket takes now. A reader so slow that events were forgotten is cut off.
  func feed(from memory: EventMemory, in loop: borrowing EventLoop, token: UInt64) -> Progress {
    while let following {
      switch flush() {
      case .failed: return .over
      case .blocked:
        wait(toWrite: true, in: loop, token: token)
        return .writing
      case .done: break
      }
      guard following.place < memory.end else {
        wait(toWrite: false, in: loop, token: token)
        return .waiting
      }
      guard following.place >= memory.start else { return cutOff() }
      put(piece(of: memory, following))
    }
    return .over
  }

  private func piece(of memory: EventMemory, _ following: Following) -> [UInt8] {
    let end = min(following.place + Self.eventsAtOnce, memory.end)
    advance(to: end)
    return memory.lines(following.place..<end, following.filter)
  }

  private func cutOff() -> Progress {
    put(Report.failed("events came faster than they were read", exit: ExitStatus.temporary))
    _ = flush()
    return .over
  }
}
