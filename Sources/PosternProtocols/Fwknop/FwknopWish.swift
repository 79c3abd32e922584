// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What a message is for: its MESSAGE field, `address,what`.
package enum FwknopWish: Hashable, Sendable {
  /// Flows to these services of the gateway, or through it.
  case access([Service])
  /// A command line, printable and never empty. Nothing here runs it.
  case command(String)

  /// What stands behind the address in a message.
  init?(_ text: ArraySlice<UInt8>, _ kind: FwknopKind) {
    guard kind == .command else {
      guard let services = Self.services(text) else { return nil }
      self = .access(services)
      return
    }
    guard !text.isEmpty else { return nil }
    self = .command(String(decoding: text, as: UTF8.self))
  }

  var text: [UInt8] {
    switch self {
    case .access(let services): Array(services.map(\.description).joined(separator: ",").utf8)
    case .command(let line): Array(line.utf8)
    }
  }

  /// `tcp/22,udp/53`: each once, in their order.
  private static func services(_ text: ArraySlice<UInt8>) -> [Service]? {
    var services: [Service] = []
    for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard let service = service(part) else { return nil }
      if !services.contains(service) { services.append(service) }
    }
    return services
  }

  private static func service(_ text: ArraySlice<UInt8>) -> Service? {
    let parts = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, let port = Port(fwknop: parts[1]) else { return nil }
    if parts[0].elementsEqual("tcp".utf8) { return Service(.tcp, port) }
    if parts[0].elementsEqual("udp".utf8) { return Service(.udp, port) }
    return nil
  }
}
