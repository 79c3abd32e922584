// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import PosternWire
import Testing

/// Each socket is there with the right to it, and refused with the right error without.
@Suite struct SegmentSocketTests {
  private let mayOpenRaw = (try? Capabilities.current())?.effective.contains(.netRaw) == true

  @Test(arguments: AddressFamily.allCases) func rawSocketsNeedTheCapability(_ family: AddressFamily) {
    check("open raw TCP socket", SOCK_RAW) { () throws(PlatformError) in try SegmentSocket.tcp(family) }
    check("open raw ICMP socket", SOCK_RAW) { () throws(PlatformError) in try SegmentSocket.icmp(family) }
  }

  /// The range is a setting of the host: the socket is there or EACCES is the answer.
  @Test(arguments: AddressFamily.allCases) func pingSocketsNeedAGroup(_ family: AddressFamily) {
    do throws(PlatformError) {
      let socket = try SegmentSocket.ping(family)
      #expect(Self.type(socket.number) == CInt(SOCK_DGRAM.rawValue))
    } catch {
      #expect(error == PlatformError("open ping socket", EACCES))
    }
  }

  private func check(
    _ operation: StaticString, _ kind: __socket_type, _ open: () throws(PlatformError) -> OwnedDescriptor
  ) {
    do throws(PlatformError) {
      let socket = try open()
      #expect(mayOpenRaw, "\(operation)")
      #expect(Self.type(socket.number) == CInt(kind.rawValue))
      #expect(fcntl(socket.number, F_GETFD) & FD_CLOEXEC != 0)
    } catch {
      #expect(!mayOpenRaw && error == PlatformError(operation, EPERM))
    }
  }

  private static func type(_ number: CInt) -> CInt? {
    var type: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    return unsafe getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? type : nil
  }
}
