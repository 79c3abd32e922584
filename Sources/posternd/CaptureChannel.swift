// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternPlatform

/// The keeper's copy of one NFLOG socket: configured here, read by the gate.
final class CaptureChannel {
  let group: UInt16
  private let socket: NetlinkSocket
  private var isBusy = false

  /// Binds the group. Waits up to two seconds for a gate of an earlier keeper to be gone.
  init(group: UInt16, patience milliseconds: UInt64 = 2000) throws(CaptureError) {
    self.group = group
    do {
      socket = try NetlinkSocket()
    } catch {
      throw .system(error)
    }
    try LogConfiguration(group: group).bind(on: socket, retryingFor: milliseconds)
  }

  /// Many packets in a datagram, or each at once; what fails is asked for again when the gate says so again.
  func change(toBusy busy: Bool) {
    guard busy != isBusy else { return }
    guard (try? LogConfiguration(group: group).change(to: busy ? .busy : .idle, on: socket)) != nil else { return }
    isBusy = busy
  }

  var bufferSize: Int { socket.receiveBuffer }

  /// Whether the kernel gave as much as was asked for; it tells twice that.
  var hasWholeBuffer: Bool { bufferSize >= 2 * Int(NetlinkSocket.wantedReceiveBuffer) }

  func handed(as number: Int32) -> SpawnedProcess.Descriptor { .init(socket.descriptor, as: number) }
}
