// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// What a knock claims for one family, in words.
enum ClaimText {
  /// An object with the family, the mode as SPA.md numbers it, and what was named; nil for a family that is not asked for.
  static func json<Address: CustomStringConvertible>(_ claim: AddressClaim<Address>, _ family: String) -> JSONLine? {
    var line = JSONLine()
    line.put("family", family)
    switch claim {
    case .none: return nil
    case .named(let address, let port): put(&line, "named", address.description, port)
    case .packetSource(let port): put(&line, "packet-source", nil, port)
    case .bothAgree(let address, let port): put(&line, "both-agree", address.description, port)
    }
    return line
  }

  private static func put(_ line: inout JSONLine, _ mode: String, _ address: String?, _ port: Port?) {
    line.put("mode", mode)
    if let address { line.put("address", address) }
    if let port { line.put("source-port", port.number) }
  }

  /// Nil for a family that is not asked for.
  static func words<Address: CustomStringConvertible>(_ claim: AddressClaim<Address>, _ family: String) -> String? {
    switch claim {
    case .none: nil
    case .named(let address, let port): "\(family) \(address)\(suffix(port))"
    case .packetSource(let port): "\(family) of the packet's source\(suffix(port))"
    case .bothAgree(let address, let port): "\(family) \(address)\(suffix(port)), which must be the packet's source"
    }
  }

  private static func suffix(_ port: Port?) -> String { port.map { " from port \($0)" } ?? "" }
}

extension Knock.Action {
  var word: String {
    switch self {
    case .open: "open"
    case .close: "close"
    }
  }
}
