// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternPlatform
import PosternWire

/// One operator's connection: a request line comes in, the answer goes out as the socket takes it, and that is all.
final class ControlSession {
  private let connection: UnixConnection
  private var line: [UInt8] = []
  private var answer: [UInt8] = []
  private var sent = 0
  /// When a slow or silent operator is cut off.
  let deadline: UInt64

  enum Progress {
    case waiting
    case asked(ControlRequest?)
    case writing
    case over
  }

  init(_ connection: consuming UnixConnection, deadline: UInt64) {
    self.connection = connection
    self.deadline = deadline
  }

  var peer: PeerCredentials { connection.peer }

  func watch(in loop: borrowing EventLoop, token: UInt64) throws(PlatformError) {
    try loop.add(connection.descriptor, token: token)
  }

  func forget(in loop: borrowing EventLoop) { try? loop.remove(connection.descriptor) }

  /// Reads what has come; a line that is too long or no request is answered as such.
  func read() -> Progress {
    var buffer = [UInt8](repeating: 0, count: ControlRequest.lineLimit)
    guard let received = try? connection.receive(into: &buffer) else { return .over }
    switch received {
    case .nothing: return .waiting
    case .closed: return .over
    case .bytes(let count): line += buffer.prefix(count)
    }
    guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else {
      return line.count >= ControlRequest.lineLimit ? .asked(nil) : .waiting
    }
    return .asked(ControlRequest(line: String(decoding: line[..<end], as: UTF8.self)))
  }

  /// Takes the whole answer and writes as much of it as the socket takes now.
  func reply(_ bytes: [UInt8], in loop: borrowing EventLoop, token: UInt64) -> Progress {
    answer = bytes
    let progress = write()
    if case .writing = progress { try? loop.change(connection.descriptor, token: token, for: .write) }
    return progress
  }

  func write() -> Progress {
    while sent < answer.count {
      do {
        let taken = try answer.withBytes { bytes throws(PlatformError) in
          try connection.send(bytes.extracting(droppingFirst: sent))
        }
        guard let taken else { return .writing }
        sent += taken
      } catch {
        return .over
      }
    }
    return .over
  }
}
