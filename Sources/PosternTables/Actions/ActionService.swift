// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// A listener that exists while leases of a door are open, and how a program gets what comes in.
package struct ActionService: Hashable, Sendable, CustomStringConvertible {
  package enum Style: UInt8, Hashable, Sendable, CaseIterable {
    /// One program a connection, which is its standard input and output (as inetd's `nowait`).
    case nowait = 1
    /// One program at a time, started when something waits; the listener is its standard input (as inetd's `wait`).
    case wait
    /// As `wait`, but the listener is descriptor 3 and announced in LISTEN_FDS (sd_listen_fds(3)).
    case listenFDs
  }

  package enum Transport: UInt8, Hashable, Sendable, CaseIterable {
    case tcp = 6
    case udp = 17
  }

  package var style: Style
  package var transport: Transport
  /// Nil listens at every address, of both families.
  package var address: IPAddress?
  package var port: Port

  package init(style: Style, transport: Transport, address: IPAddress?, port: Port) {
    self.style = style
    self.transport = transport
    self.address = address
    self.port = port
  }

  /// `tcp/10.0.0.1:2323`, `udp/[::1]:514`, `tcp/:2323`.
  package var description: String {
    let place =
      switch address {
      case .v4(let address): "\(address)"
      case .v6(let address): "[\(address)]"
      case nil: ""
      }
    return "\(transport)/\(place):\(port.number)"
  }
}
