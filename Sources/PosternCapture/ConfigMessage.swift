// SPDX-License-Identifier: Apache-2.0
import CCapture
import Glibc
import PosternPlatform
import PosternWire

/// One message to the kernel about one log group or one queue.
struct ConfigMessage {
  /// Header and all attributes take less than half of it.
  private static let capacity = 256

  private var bytes = [UInt8](repeating: 0, count: capacity)
  private let sequence = UInt32(truncatingIfNeeded: SystemClock.monotonic())
  private let operation: StaticString

  init(group: UInt16, wantsAnswer: Bool) {
    operation = "configure log group"
    unsafe begin(wantsAnswer) { unsafe nflog_nlmsg_put_header($0, LogConstants.configMessage, UInt8(AF_UNSPEC), group) }
  }

  init(queue: UInt16, wantsAnswer: Bool) {
    operation = "configure queue"
    unsafe begin(wantsAnswer) { unsafe nfq_nlmsg_put($0, QueueConstants.configMessage, UInt32(queue)) }
  }

  /// A verdict, for which no answer is asked: only a refusal gives one.
  init(verdictIn queue: UInt16, _ type: CInt, _ verdict: Verdict, id: UInt32) {
    operation = "give verdict"
    unsafe begin(false) { unsafe nfq_nlmsg_put($0, type, UInt32(queue)) }
    // the library turns both into network order
    unsafe edit { unsafe nfq_nlmsg_verdict_put($0, CInt(bitPattern: id), verdict.code) }
  }

  mutating func bindGroup() {
    unsafe edit { unsafe nflog_attr_put_cfg_cmd($0, LogConstants.bind) }
  }

  mutating func copyLogged(range: UInt32) {
    unsafe edit { unsafe nflog_attr_put_cfg_mode($0, LogConstants.copyPacket, range) }
  }

  mutating func bindQueue() {
    unsafe edit { unsafe nfq_nlmsg_cfg_put_cmd($0, UInt16(AF_UNSPEC), QueueConstants.bind) }
  }

  mutating func copyQueued(range: UInt32) {
    unsafe edit { unsafe nfq_nlmsg_cfg_put_params($0, QueueConstants.copyPacket, CInt(clamping: range)) }
  }

  mutating func put(_ attribute: UInt16, _ value: UInt32) {
    unsafe edit { unsafe mnl_attr_put_u32($0, attribute, value.bigEndian) }
  }

  mutating func put(_ attribute: UInt16, _ value: UInt16) {
    unsafe edit { unsafe mnl_attr_put_u16($0, attribute, value.bigEndian) }
  }

  /// Sends it to the kernel.
  func send(on socket: borrowing NetlinkSocket) throws(PlatformError) {
    let number = socket.descriptor.number
    try SystemCall.value(operation) {
      unsafe bytes.withUnsafeBytes { raw in unsafe Glibc.send(number, raw.baseAddress, length(raw), 0) }
    }
  }

  /// The errno that the kernel answers, zero for success. What arrives before the answer is dropped.
  func answer(on socket: borrowing NetlinkSocket, milliseconds: UInt64 = 1000) throws(PlatformError) -> CInt {
    var buffer = [UInt8](repeating: 0, count: LogSource.bufferSize)
    let end = SystemClock.monotonic() + milliseconds * 1_000_000
    while SystemClock.monotonic() < end {
      var wanted = pollfd(fd: socket.descriptor.number, events: Int16(POLLIN), revents: 0)
      try SystemCall.value("wait for netfilter") { unsafe poll(&wanted, 1, 100) }
      guard case .kernel(let count) = try NetlinkDatagram.receive(socket, into: &buffer) else { continue }
      if let code = buffer.withBytes({ code(in: $0.extracting(first: count)) }) { return code }
    }
    throw PlatformError(operation, ETIMEDOUT)
  }

  /// Sends it and waits for the kernel's answer; throws what the kernel refuses, `accepted` apart.
  func exchange(on socket: borrowing NetlinkSocket, accepting accepted: CInt = 0) throws(PlatformError) {
    try send(on: socket)
    let code = try answer(on: socket)
    guard code == 0 || code == accepted else { throw PlatformError(operation, code) }
  }

  /// The body of an answer is struct nlmsgerr: the negative errno first.
  private func code(in datagram: RawSpan) -> CInt? {
    guard let message = NetlinkMessage(datagram), message.type == LogConstants.errorMessage, message.sequence == sequence,
      message.body.byteCount >= 4
    else { return nil }
    return 0 &- CInt(bitPattern: message.body.hostU32(at: 0))
  }

  private func length(_ raw: UnsafeRawBufferPointer) -> Int {
    unsafe Int(raw.loadUnaligned(as: UInt32.self))
  }

  private mutating func begin(
    _ wantsAnswer: Bool, _ put: (UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<nlmsghdr>?
  ) {
    let sequence = self.sequence
    unsafe bytes.withUnsafeMutableBytes { raw in
      guard let start = unsafe raw.baseAddress?.assumingMemoryBound(to: CChar.self), let header = unsafe put(start) else {
        return
      }
      unsafe header.pointee.nlmsg_seq = sequence
      if wantsAnswer { unsafe header.pointee.nlmsg_flags |= UInt16(NLM_F_ACK) }
    }
  }

  private mutating func edit(_ body: (UnsafeMutablePointer<nlmsghdr>) -> Void) {
    unsafe bytes.withUnsafeMutableBytes { raw in
      guard let header = unsafe raw.baseAddress?.assumingMemoryBound(to: nlmsghdr.self) else { return }
      unsafe body(header)
    }
  }
}
