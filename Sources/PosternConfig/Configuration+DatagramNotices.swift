// SPDX-License-Identifier: Apache-2.0

extension Configuration.ClientKey {
  /// What an observer can do with a knock of one packet that proves less than `spa`; nil for all others.
  var datagramNotice: String? {
    switch form {
    case .doorman: "its digest names no address: whoever stops an unused knock can send it from any permitted one"
    case .tumbler: "its knocks are plain hashes: whoever sees one can try secrets against it"
    case .header: "whoever sees its packet can send it again, at any time and from any address"
    case .syn: "its proof has 64 bits and names no gateway: another one with this key takes the same knock"
    case .spa, .fwknop, .ports, .pasmal, .sadoor, .rolling, .knockd, .cd00r: nil
    }
  }
}
