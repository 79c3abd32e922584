// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternKnock
import PosternPlatform
import PosternWire
import Testing

@Suite struct SystemFactsTests {
  @Test func descriptorsCloseWithTheirOwner() throws {
    var number: CInt = -1
    do {
      let file = OwnedDescriptor(owning: unsafe open("/dev/null", O_RDONLY))
      let copy = try file.duplicated()
      #expect(fcntl(copy.number, F_GETFD) & FD_CLOEXEC != 0)
      number = fcntl(file.number, F_DUPFD, 500)
      _ = try OwnedDescriptor.inherited(number).number
    }
    #expect(fcntl(number, F_GETFD) == -1)
    #expect(throws: PlatformError("inherit descriptor", EBADF)) { try OwnedDescriptor.inherited(number).number }
    let released = OwnedDescriptor(owning: unsafe open("/dev/null", O_RDONLY)).release()
    #expect(fcntl(released, F_GETFD) != -1)
    _ = close(released)
  }

  @Test func clocksRun() {
    let wall = SystemClock.now()
    #expect(wall.nanoseconds / 1_000_000_000 >= UInt64(time(nil)) - 1)
    let first = SystemClock.monotonic()
    #expect(SystemClock.monotonic() >= first && first > 0)
    _ = SystemClock.isSynchronised
  }

  @Test func ownAddressesHoldLoopback() throws {
    #expect(try Interfaces.ownAddresses().contains(.v4(IPv4Address(0x7f00_0001))))
  }

  @Test func errorsSpeak() {
    #expect(PlatformError("bind control socket", EADDRINUSE).description == "bind control socket: Address already in use")
    #expect(PlatformError("x", 9999).description == "x: unknown error")
  }

  @Test func capabilitiesAreRead() throws {
    let own = try Capabilities.current()
    #expect(own.effective.isSubset(of: own.permitted))
    if geteuid() == 0 { #expect(own.effective.contains([.netAdmin, .setpcap])) }
  }

  @Test func theExecutableKnowsItsDirectory() throws {
    let directory = try #require(ExecutablePath.directory)
    #expect(directory.hasPrefix("/") && directory.hasSuffix("/"))
  }
}
