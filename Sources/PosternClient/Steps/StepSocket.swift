// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
internal import PosternWire

/// The sockets whose headers this program writes itself; each throws ``ClientError/notPermitted(_:)`` with the ways out where a right
/// is missing.
enum StepSocket {
  static func ping(_ family: AddressFamily) throws(ClientError) -> OwnedDescriptor {
    try open(.ping) { () throws(PlatformError) in
      if let socket = try? SegmentSocket.ping(family) { return socket }
      return try SegmentSocket.icmp(family)
    }
  }

  static func segment(_ family: AddressFamily) throws(ClientError) -> OwnedDescriptor {
    try open(.segment) { () throws(PlatformError) in try SegmentSocket.tcp(family) }
  }

  static func message(_ family: AddressFamily) throws(ClientError) -> OwnedDescriptor {
    try open(.message) { () throws(PlatformError) in try SegmentSocket.icmp(family) }
  }

  static func packet(_ family: AddressFamily) throws(ClientError) -> OwnedDescriptor {
    try open(.packet) { () throws(PlatformError) in try SegmentSocket.packet(family) }
  }

  private static func open(
    _ route: StepRoute, _ call: () throws(PlatformError) -> OwnedDescriptor
  ) throws(ClientError) -> OwnedDescriptor {
    do throws(PlatformError) {
      return try call()
    } catch {
      throw ClientError(error, route: route)
    }
  }
}

extension ClientError {
  /// Why a socket for steps of this route cannot be had.
  init(_ error: PlatformError, route: StepRoute) {
    guard let right = route.right, error.code == EPERM || error.code == EACCES else {
      self = .system(operation: error.operation, reason: Self.reason(error.code))
      return
    }
    self = .notPermitted(
      "\(right.what) needs \(right.needs): `sudo setcap cap_net_raw+ep \(ExecutablePath.directory ?? "")postern`, or run it with sudo"
    )
  }
}
