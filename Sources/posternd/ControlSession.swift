// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternPlatform
import PosternWire

/// One operator's connection: a request line comes in, the answer goes out as the socket takes it, and that is all; only a request to
/// follow events stays open.
final class ControlSession {
  private let connection: UnixConnection
  private var line: [UInt8] = []
  private var answer: [UInt8] = []
  private var sent = 0
  private var waitsToWrite = false
  let role: ControlRole
  /// When a slow or silent operator is cut off; never while he follows events.
  private(set) var deadline: UInt64
  private(set) var following: Following?

  /// Which events go out, and the place of the next one to look at.
  struct Following {
    var filter: EventFilter
    var place: UInt64
  }

  enum Progress {
    case waiting
    case asked(ControlRequest?)
    case writing
    case over
  }

  enum Flush {
    case done
    case blocked
    case failed
  }

  init(_ connection: consuming UnixConnection, role: ControlRole, deadline: UInt64) {
    self.connection = connection
    self.role = role
    self.deadline = deadline
  }

  var peer: PeerCredentials { connection.peer }

  func watch(in loop: borrowing EventLoop, token: UInt64) throws(PlatformError) {
    try loop.add(connection.descriptor, token: token)
  }

  func forget(in loop: borrowing EventLoop) { try? loop.remove(connection.descriptor) }

  /// Reads what has come; a line that is too long or no request is answered as such. Who follows events has nothing more to say.
  func read() -> Progress {
    var buffer = [UInt8](repeating: 0, count: ControlRequest.lineLimit)
    guard let received = try? connection.receive(into: &buffer) else { return .over }
    switch received {
    case .nothing: return .waiting
    case .closed: return .over
    case .bytes(let count): line += buffer.prefix(count)
    }
    guard following == nil else { return .over }
    guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else {
      return line.count >= ControlRequest.lineLimit ? .asked(nil) : .waiting
    }
    return .asked(ControlRequest(line: String(decoding: line[..<end], as: UTF8.self)))
  }

  /// Takes the whole answer and writes as much of it as the socket takes now.
  func reply(_ bytes: [UInt8], in loop: borrowing EventLoop, token: UInt64) -> Progress {
    put(bytes)
    return write(in: loop, token: token)
  }

  func write(in loop: borrowing EventLoop, token: UInt64) -> Progress {
    guard flush() == .blocked else { return .over }
    wait(toWrite: true, in: loop, token: token)
    return .writing
  }

  func follow(_ following: Following) {
    self.following = following
    deadline = .max
  }

  func advance(to place: UInt64) { following?.place = place }

  /// The next piece of output; what was put before is sent.
  func put(_ bytes: [UInt8]) {
    answer = bytes
    sent = 0
  }

  func flush() -> Flush {
    while sent < answer.count {
      do {
        let taken = try answer.withBytes { bytes throws(PlatformError) in
          try connection.send(bytes.extracting(droppingFirst: sent))
        }
        guard let taken else { return .blocked }
        sent += taken
      } catch {
        return .failed
      }
    }
    return .done
  }

  func wait(toWrite: Bool, in loop: borrowing EventLoop, token: UInt64) {
    guard toWrite != waitsToWrite else { return }
    waitsToWrite = toWrite
    try? loop.change(connection.descriptor, token: token, for: toWrite ? .write : .read)
  }
}
