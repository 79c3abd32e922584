// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternPlatform

/// How many packets the kernel puts into one datagram.
package struct Pace: Hashable, Sendable {
  package var threshold: UInt32
  /// Bytes that the kernel allocates for one datagram, unless a packet needs more; ``LogSource/bufferSize`` is made for the largest.
  package var bufferSize: UInt32

  package init(threshold: UInt32, bufferSize: UInt32) {
    self.threshold = threshold
    self.bufferSize = bufferSize
  }

  /// Each at once, in one page. A larger allocation is made, and copied out of, for every packet.
  package static let idle = Pace(threshold: 1, bufferSize: 4 << 10)
  /// Many at once: half the kernel's work for each.
  package static let busy = Pace(threshold: 64, bufferSize: 64 << 10)
}

/// The keeper's side of NFLOG: which packets of a group reach a socket, and how. Needs CAP_NET_ADMIN.
package struct LogConfiguration: Hashable, Sendable {
  package let group: UInt16
  /// Bytes of each packet that are kept; a longer packet arrives cut and is refused by its lengths.
  package var copyRange: UInt32 = 2048
  package var pace = Pace.idle
  /// Hundredths of a second after which fewer packets than the threshold are sent.
  package var flushTimeout: UInt32 = 1

  package init(group: UInt16) { self.group = group }

  /// Binds the group to the socket and configures it. What the socket receives meanwhile is lost.
  ///
  /// While another socket owns the group it tries again for `milliseconds`: the last process may still be ending.
  package func bind(on socket: borrowing NetlinkSocket, retryingFor milliseconds: UInt64 = 2000) throws(CaptureError) {
    try Takeover(taken: .groupTaken(group), notPermitted: .notPermitted(group), milliseconds: milliseconds)
      .take { () throws(PlatformError) in try apply(on: socket) }
  }

  /// Changes the pace of a bound group. The receiver is somebody else by now, so no answer is asked for: a refusal shows as a
  /// message that the receiver counts.
  package func change(to pace: Pace, on socket: borrowing NetlinkSocket) throws(PlatformError) {
    var message = ConfigMessage(group: group, wantsAnswer: false)
    message.put(pace)
    try message.send(on: socket)
  }

  private func apply(on socket: borrowing NetlinkSocket) throws(PlatformError) {
    var binding = ConfigMessage(group: group, wantsAnswer: true)
    binding.bindGroup()
    // EBUSY: this very socket has the group already
    try binding.exchange(on: socket, accepting: EBUSY)
    var settings = ConfigMessage(group: group, wantsAnswer: true)
    settings.copyLogged(range: copyRange)
    settings.put(pace)
    settings.put(LogConstants.flushTimeout, flushTimeout)
    settings.put(LogConstants.flags, LogConstants.sequenceFlag)
    try settings.exchange(on: socket)
  }
}

extension ConfigMessage {
  fileprivate mutating func put(_ pace: Pace) {
    put(LogConstants.bufferSize, pace.bufferSize)
    put(LogConstants.threshold, pace.threshold)
  }
}
