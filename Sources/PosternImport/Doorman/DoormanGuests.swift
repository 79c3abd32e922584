// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Doorman's guest list: groups with their secret, the ports that they may ask for and the networks that they may ask from.
struct DoormanGuests: Sendable {
  struct Record: Sendable {
    let group: ForeignValue
    var secret: ForeignValue?
    var ports: [Port] = []
    var networks: [AddressPrefix] = []
    /// Whether any address was named, readable or not.
    var namesAddress = false
  }

  static let longestGroup = 32
  static let longestSecret = 64
  static let mostRecords = 1024
  static let mostPorts = 64
  static let mostNetworks = 64

  private(set) var records: [Record] = []

  init(_ text: ForeignText, _ files: ForeignFiles, _ notes: inout ImportNotes) {
    for line in text.lines {
      let words = line.text.cut(before: "#").words
      guard !words.isEmpty else { continue }
      let continues = line.text.utf8.first == 32 || line.text.utf8.first == 9
      let rest = continues ? words[...] : begin(words, at: line.position, &notes)
      guard !records.isEmpty else {
        notes.refuse("goes on with a record that did not begin", at: line.position)
        continue
      }
      for word in rest { take(word, at: line.position, files, &notes) }
    }
    for record in records { check(record, &notes) }
  }

  /// A group in the first column, its secret behind it; gives what follows.
  private mutating func begin(_ words: [String], at position: ImportPosition, _ notes: inout ImportNotes) -> ArraySlice<String> {
    if records.count == Self.mostRecords { notes.refuse("there are more than \(Self.mostRecords) groups", at: position) }
    guard records.count < Self.mostRecords else { return [] }
    if words[0].utf8.count > Self.longestGroup || !words[0].utf8.allSatisfy({ (33...126).contains($0) }) {
      notes.refuse("a group's name has at most \(Self.longestGroup) bytes of ASCII", at: position)
    }
    if records.contains(where: { $0.group.text == words[0] }) {
      notes.refuse("group \(words[0].quoted) stands there twice", at: position)
    }
    records.append(Record(group: ForeignValue(words[0], at: position)))
    return words[1...]
  }

  private mutating func take(_ word: String, at position: ImportPosition, _ files: ForeignFiles, _ notes: inout ImportNotes) {
    let last = records.count - 1
    guard records[last].secret != nil else {
      records[last].secret = ForeignValue(word, at: position)
      return
    }
    if !records[last].namesAddress, let port = port(word, files) {
      if !records[last].ports.contains(port) { records[last].ports.append(port) }
      return
    }
    records[last].namesAddress = true
    guard let network = network(word, at: position, &notes), !records[last].networks.contains(network) else { return }
    records[last].networks.append(network)
  }

  private func port(_ word: String, _ files: ForeignFiles) -> Port? {
    if word.isDecimal { return UInt32(word).flatMap { $0 < 65_535 ? UInt16($0) : nil }.flatMap { Port($0) } }
    return files.port(word).flatMap { Port($0) }
  }

  private func network(_ word: String, at position: ImportPosition, _ notes: inout ImportNotes) -> AddressPrefix? {
    if let prefix = AddressPrefix(word), prefix.address.family == .ipv4 { return prefix }
    let parts = word.parts("/", atMost: 2)
    if parts.count == 2, let address = IPv4Address(parts[0]), let length = UInt8(parts[1]), length <= 32 {
      notes.gap(
        "\(word.quoted) never fitted a packet, as it has bits beyond its mask: did you mean "
          + "\(AddressPrefix(around: .v4(address), length: length))?", at: position)
      return nil
    }
    notes.gap("\(word.quoted) is no address and no known service: names of hosts are not looked up", at: position)
    return nil
  }

  private func check(_ record: Record, _ notes: inout ImportNotes) {
    let position = record.group.position
    guard let secret = record.secret else { return notes.refuse("the group has no secret", at: position) }
    if secret.text.utf8.count > Self.longestSecret {
      notes.refuse("a secret has at most \(Self.longestSecret) bytes", at: secret.position)
    }
    if !(1...Self.mostPorts).contains(record.ports.count) {
      notes.refuse("a group has 1 to \(Self.mostPorts) ports", at: position)
    }
    if !record.namesAddress { notes.refuse("the group has no address", at: position) }
    if record.networks.count > Self.mostNetworks {
      notes.refuse("a group has at most \(Self.mostNetworks) addresses", at: position)
    }
  }
}
