// SPDX-License-Identifier: Apache-2.0
internal import PosternControl
internal import PosternPlatform
internal import PosternWire

/// One question to the daemon over its control socket.
enum ControlClient {
  /// Far more than the largest list of leases; what is longer is no answer.
  private static let maximumAnswer = 64 << 20

  /// A daemon that hangs must not hang its operator: a silence ends the answer early.
  private static let silenceSeconds = 10

  static func ask(_ request: ControlRequest, at path: String) throws(ControlError) -> ControlAnswer {
    let bytes: [UInt8]
    do throws(PlatformError) {
      let connection = try UnixConnection(connectingTo: path)
      try connection.limitWaiting(seconds: silenceSeconds)
      try send(Array(request.line.utf8), over: connection)
      bytes = try receive(from: connection)
    } catch {
      throw .unreachable(path: path, reason: error.description)
    }
    guard bytes.count <= maximumAnswer else { throw .incomplete }
    return try ControlAnswer(String(decoding: bytes, as: UTF8.self))
  }

  private static func send(_ bytes: [UInt8], over connection: borrowing UnixConnection) throws(PlatformError) {
    var rest = bytes
    while !rest.isEmpty {
      let taken = try rest.withBytes { span throws(PlatformError) in try connection.send(span, waits: true) }
      rest.removeFirst(taken ?? 0)
    }
  }

  private static func receive(from connection: borrowing UnixConnection) throws(PlatformError) -> [UInt8] {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while answer.count <= maximumAnswer {
      guard case .bytes(let count) = try connection.receive(into: &buffer, waits: true) else { return answer }
      answer += buffer[..<count]
    }
    return answer
  }
}
