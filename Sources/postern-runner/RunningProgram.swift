// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternPlatform
import PosternRunner

/// A program that was started and has not been told of as ended.
final class RunningProgram {
  let program: Int
  let ticket: RunnerRequest.Ticket
  let process: ActionProcess
  /// Its standard output and standard error.
  let pipe: OwnedDescriptor
  let peer: (address: ActionCall, isConnection: Bool)
  let begin: UInt64
  var excerpt = OutputExcerpt()
  /// When it is killed with its process group.
  var deadline: UInt64
  /// What the runner itself did to it.
  var verdict: ActionOutcome?

  init(
    _ job: RunnerBoard.Job, _ process: consuming ActionProcess, pipe: consuming OwnedDescriptor, isConnection: Bool,
    begin: UInt64, deadline: UInt64
  ) {
    program = job.call.program
    ticket = job.ticket
    self.process = process
    self.pipe = pipe
    peer = (job.call, isConnection)
    self.begin = begin
    self.deadline = deadline
  }

  /// Reads what is there, false at its end; a program that floods gets no more time than others.
  func readOutput() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    for _ in 0..<16 {
      guard let count = try? OutputPipe.read(pipe, into: &buffer) else { return true }
      guard count > 0 else { return false }
      excerpt.add(buffer[..<count])
    }
    return true
  }

  func end(as end: SpawnedProcess.End, at uptime: UInt64) -> ActionEnd {
    let outcome: ActionOutcome =
      switch end {
      case .exited(let status): .exited(UInt8(truncatingIfNeeded: status))
      case .signalled(let signal): .killed(UInt8(truncatingIfNeeded: signal))
      }
    return ActionEnd(
      verdict ?? outcome, milliseconds: UInt32(clamping: (uptime - begin) / 1_000_000), output: excerpt.bytes,
      outputCount: excerpt.count, peer: peer.isConnection ? peer.address.source : nil,
      peerPort: peer.isConnection ? peer.address.port : nil)
  }
}
