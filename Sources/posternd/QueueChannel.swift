// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternPlatform

/// The keeper's copy of one NFQUEUE socket: configured here, read by the gate, and used here for verdicts. When the last copy is closed
/// the kernel drops what waits in the queue.
final class QueueChannel {
  let queue: UInt16
  private let socket: NetlinkSocket

  /// Binds the queue. Waits up to two seconds for a gate of an earlier keeper to be gone.
  init(queue: UInt16, patience milliseconds: UInt64 = 2000) throws(CaptureError) {
    self.queue = queue
    do {
      socket = try NetlinkSocket()
    } catch {
      throw .system(error)
    }
    try QueueConfiguration(queue: queue).bind(on: socket, retryingFor: milliseconds)
  }

  var bufferSize: Int { socket.receiveBuffer }

  func handed(as number: Int32) -> SpawnedProcess.Descriptor { .init(socket.descriptor, as: number) }

  func accept(_ id: UInt32) throws(PlatformError) { try QueueConfiguration(queue: queue).give(.accept, to: id, on: socket) }
  func dropAll() throws(PlatformError) { try QueueConfiguration(queue: queue).dropAll(on: socket) }
}
