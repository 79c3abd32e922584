// SPDX-License-Identifier: Apache-2.0
internal import PosternControl
internal import PosternPlatform
internal import PosternWire

/// One question to the daemon over its control socket.
enum ControlClient {
  /// Far more than the largest list of leases; what is longer is no answer.
  private static let maximumAnswer = 64 << 20
  /// Far more than one event.
  private static let maximumLine = 1 << 20

  /// A daemon that hangs must not hang its operator: a silence ends the answer early. A reload is silent until it is done, and each of
  /// its steps is bounded: compiling, loading, draining, beginning.
  private static func patience(_ request: ControlRequest) -> Int { request == .reload ? 75 : 10 }

  static func ask(_ request: ControlRequest, at path: String) throws(ControlError) -> ControlAnswer {
    let bytes: [UInt8]
    do throws(PlatformError) {
      let connection = try UnixConnection(connectingTo: path)
      try connection.limitWaiting(seconds: patience(request))
      bytes = try converse(request, over: connection)
    } catch {
      throw .unreachable(path: path, reason: error.description)
    }
    guard bytes.count <= maximumAnswer else { throw .incomplete }
    return try ControlAnswer(String(decoding: bytes, as: UTF8.self))
  }

  /// Sends a request that has no end of its own, and gives each line of the answer as it comes. Throws how it ended.
  static func follow(_ request: ControlRequest, at path: String, _ body: (String) -> Void) throws(ControlError) {
    var refusal: ControlError?
    do throws(PlatformError) {
      let connection = try UnixConnection(connectingTo: path)
      // Who was turned away may not get rid of it; he reads why.
      try? send(request, over: connection)
      refusal = try pass(connection, to: body)
    } catch {
      throw .unreachable(path: path, reason: error.description)
    }
    throw refusal ?? .ended
  }

  /// Passes lines on until the daemon hangs up; answers why, if it said so.
  private static func pass(
    _ connection: borrowing UnixConnection, to body: (String) -> Void
  ) throws(PlatformError) -> ControlError? {
    var lines = PendingLines()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while lines.count <= maximumLine, case .bytes(let count) = try connection.receive(into: &buffer, waits: true) {
      for line in lines.add(buffer[..<count]) {
        if let refusal = ControlAnswer.refusal(line) { return refusal }
        body(line)
      }
    }
    return nil
  }

  /// The whole answer. A daemon that refuses may have hung up before it read the request: its answer is there all the same.
  private static func converse(
    _ request: ControlRequest, over connection: borrowing UnixConnection
  ) throws(PlatformError) -> [UInt8] {
    do throws(PlatformError) {
      try send(request, over: connection)
    } catch {
      let answer = try receive(from: connection)
      guard !answer.isEmpty else { throw error }
      return answer
    }
    return try receive(from: connection)
  }

  private static func send(_ request: ControlRequest, over connection: borrowing UnixConnection) throws(PlatformError) {
    var rest = Array(request.line.utf8)
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

/// Bytes of a stream until they make lines.
private struct PendingLines {
  private var rest: [UInt8] = []

  /// Bytes of the line that is not whole yet.
  var count: Int { rest.count }

  /// The lines that these bytes end.
  mutating func add(_ bytes: ArraySlice<UInt8>) -> [String] {
    rest += bytes
    var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let last = lines.popLast() else { return [] }
    rest = Array(last)
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }
}
