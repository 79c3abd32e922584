// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import PosternWire
import Testing

@Suite struct SocketsTests {
  private var buffer = [UInt8](repeating: 0, count: 64)
  private let path = "/tmp/postern-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).socket"

  @Test mutating func messagesStayWhole() throws {
    let pair = try SeqpacketPair()
    #expect(try pair.near.receive(into: &buffer) == .nothing)
    for count in [1, 64, 7] {
      #expect(try [UInt8](repeating: UInt8(count), count: count).withBytes { try pair.far.send($0) })
    }
    for count in [1, 64, 7] {
      #expect(try pair.near.receive(into: &buffer) == .bytes(count))
      #expect(buffer.prefix(count).allSatisfy { $0 == UInt8(count) })
    }
  }

  @Test mutating func aMessageThatDoesNotFitIsAnError() throws {
    let pair = try SeqpacketPair()
    #expect(try [UInt8](repeating: 1, count: 65).withBytes { try pair.far.send($0) })
    #expect(throws: PlatformError("receive message", EMSGSIZE)) { try pair.near.receive(into: &buffer) }
    #expect(try pair.near.receive(into: &buffer) == .nothing)
    #expect(throws: PlatformError("send message", EINVAL)) { try [].withBytes { try pair.far.send($0) } }
  }

  @Test mutating func aFullPeerRefusesAndAClosedOneIsTold() throws {
    let pair = try SeqpacketPair()
    let frame = [UInt8](repeating: 0, count: 64)
    var sent = 0
    while try frame.withBytes({ try pair.near.send($0) }) { sent += 1 }
    #expect(sent > 10)
    let near = pair.keepNear()
    #expect(try near.receive(into: &buffer) == .closed)
    #expect(throws: PlatformError("send message", EPIPE)) { try frame.withBytes { try near.send($0) } }
  }

  @Test func onlyMessageSocketsAreAdopted() throws {
    let stream = OwnedDescriptor(owning: socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0))
    #expect(throws: PlatformError("adopt message socket", EPROTOTYPE)) {
      try SeqpacketSocket(adopting: stream.duplicated()).descriptor.number
    }
    let file = try MemoryFile(named: "x", holding: [1])
    #expect(throws: PlatformError("adopt message socket", ENOTSOCK)) {
      try SeqpacketSocket(adopting: file.descriptor.duplicated()).descriptor.number
    }
    let pair = try SeqpacketPair()
    _ = try SeqpacketSocket(adopting: pair.near.descriptor.duplicated()).descriptor.number
  }

  @Test mutating func connectionsTellTheirPeer() throws {
    let listener = try UnixListener(path: path)
    #expect(try listener.accept()?.peer == nil)
    let client = try UnixConnection(connectingTo: path)
    let accepted = try listener.accept()
    guard let server = accepted else {
      Issue.record("nobody connected")
      return
    }
    #expect(server.peer == PeerCredentials(user: getuid(), group: getgid(), process: getpid()))
    #expect(try [1, 2, 3].withBytes { try client.send($0) } == 3)
    #expect(try server.receive(into: &buffer) == .bytes(3))
    #expect(try server.receive(into: &buffer) == .nothing)
    _ = consume client
    #expect(try server.receive(into: &buffer) == .closed)
  }

  @Test func connectionsTellTheirPeersGroups() throws {
    let listener = try UnixListener(path: path)
    let client = try UnixConnection(connectingTo: path)
    let groups = try listener.accept()?.peerGroups()
    #expect(groups?.first == getgid())
    var own = [gid_t](repeating: 0, count: Int(getgroups(0, nil)))
    let count = unsafe getgroups(CInt(own.count), &own)
    #expect(groups?.dropFirst().sorted() == own.prefix(Int(count)).sorted())
    _ = client.descriptor.number
  }

  @Test func theModeCanBeChosen() throws {
    var status = stat()
    let listener = try UnixListener(path: path, mode: 0o600)
    #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    _ = listener.descriptor.number
  }

  @Test func thePathHasItsModeAndGoesWithTheListener() throws {
    var status = stat()
    do {
      let listener = try UnixListener(path: path, group: 12)
      #expect(unsafe stat(path, &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o660)
      if geteuid() == 0 { #expect(status.st_gid == 12) }
      _ = listener.descriptor.number
    }
    #expect(unsafe stat(path, &status) != 0)
  }

  @Test func onlyDeadSocketsAreReplaced() throws {
    let alive = try UnixListener(path: path)
    let path = self.path
    #expect(throws: PlatformError("replace unix socket", EADDRINUSE)) { try UnixListener(path: path).path }
    #expect(try UnixConnection(connectingTo: path).peer.process == getpid())
    _ = consume alive
    // a socket whose process died stays in the directory
    let dead = OwnedDescriptor(owning: socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let number = dead.number
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(number, $0, size) }
    }
    try #require(bound == 0)
    #expect(try UnixListener(path: path).path == path)
  }

  @Test func aFileAtThePathIsLeftAlone() throws {
    let file = OwnedDescriptor(owning: unsafe open(path, O_CREAT | O_WRONLY, 0o600))
    defer { _ = unsafe unlink(path) }
    let path = self.path
    #expect(throws: PlatformError("bind unix socket", EADDRINUSE)) { try UnixListener(path: path).path }
    #expect(unsafe access(path, F_OK) == 0)
    _ = file.number
  }

  @Test func aPathThatIsTooLong() {
    let path = "/tmp/" + String(repeating: "x", count: 120)
    #expect(throws: PlatformError("bind unix socket", ENAMETOOLONG)) { try UnixListener(path: path).path }
  }
}
