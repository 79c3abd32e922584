// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

/// How a knock names the address of one family: two bits of the payload's flags.
enum SPAAddressMode: UInt16 {
  case none = 0
  case named = 1
  case packetSource = 2
  case bothAgree = 3

  /// The claim that the fields make; nil when a field that this mode does not use is not `zero`.
  func claim<Address>(_ address: Address, port number: UInt16, zero: Address) -> AddressClaim<Address>? {
    let port = Port(number)
    switch self {
    case .none: return address == zero && port == nil ? AddressClaim.none : nil
    case .named: return .named(address, port: port)
    case .packetSource: return address == zero ? .packetSource(port: port) : nil
    case .bothAgree: return .bothAgree(address, port: port)
    }
  }
}

extension AddressClaim {
  /// The mode, address and port as the payload writes them; an unused address is `zero`.
  func fields(zero: Address) -> (mode: SPAAddressMode, address: Address, port: UInt16) {
    switch self {
    case .none: (.none, zero, 0)
    case .named(let address, let port): (.named, address, port?.number ?? 0)
    case .packetSource(let port): (.packetSource, zero, port?.number ?? 0)
    case .bothAgree(let address, let port): (.bothAgree, address, port?.number ?? 0)
    }
  }
}
