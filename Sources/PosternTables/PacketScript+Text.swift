// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

extension PacketScript {
  /// Reads the language of SAdoor's packet file: `keypkt [(n)] { ip { daddr = A; ... udp { dport = N; ... } } }` once or more often, then
  /// `cmdpkt { ... }`. A number in brackets expects the packet that often again. The block of the transport may stand inside that of
  /// `ip` or behind it; `daddr = any` leaves the destination open; flags are a number or letters of FSRPAUEC.
  package init(parsing text: some StringProtocol) throws(PacketTextFlaw) {
    var parser = try PacketParser(text)
    self = try parser.script()
  }
}

/// Reads one description after the other. Whatever follows its opening word is checked here; what the packets mean is not.
private struct PacketParser {
  private var lexer: PacketLexer
  private var token = PacketLexer.Token.end
  /// Where what was read last ends; the token may already be on another line.
  private var line = 1

  init(_ text: some StringProtocol) throws(PacketTextFlaw) {
    lexer = PacketLexer(text)
    token = try lexer.next()
  }

  mutating func script() throws(PacketTextFlaw) -> PacketScript {
    var packets: [PacketDescription] = []
    while token == .word("keypkt") {
      try advance()
      let repeats = try repeats()
      let packet = try packet()
      guard packets.count + repeats <= PacketScript.packetCounts.upperBound else {
        throw lexer.flaw("there are more than \(PacketScript.packetCounts.upperBound) packets")
      }
      packets += Array(repeating: packet, count: repeats)
    }
    guard token == .word("cmdpkt") else { throw lexer.flaw("\"keypkt\" or \"cmdpkt\" is missing") }
    guard !packets.isEmpty else { throw lexer.flaw("there must be a \"keypkt\" before \"cmdpkt\"") }
    try advance()
    let command = try packet()
    guard token == .end else { throw lexer.flaw("nothing may follow \"cmdpkt\"") }
    return PacketScript(packets: packets, command: command)
  }

  private mutating func advance() throws(PacketTextFlaw) {
    line = lexer.line
    token = try lexer.next()
  }

  private func flawBefore(_ reason: String) -> PacketTextFlaw { PacketTextFlaw(line: line, reason: reason) }

  private mutating func expect(_ sign: Character) throws(PacketTextFlaw) {
    guard token == .sign(sign) else { throw lexer.flaw("\"\(sign)\" is missing") }
    try advance()
  }

  private mutating func skip(_ sign: Character) throws(PacketTextFlaw) {
    while token == .sign(sign) { try advance() }
  }

  private mutating func repeats() throws(PacketTextFlaw) -> Int {
    guard token == .sign("(") else { return 1 }
    try advance()
    let more = Int(try number(atMost: UInt32(PacketScript.packetCounts.upperBound)))
    try expect(")")
    return more + 1
  }

  private mutating func packet() throws(PacketTextFlaw) -> PacketDescription {
    var draft = PacketDraft()
    try block { (parser, word) throws(PacketTextFlaw) in
      guard word == "ip" else { return try parser.transport(word, &draft) }
      try parser.block { (parser, word) throws(PacketTextFlaw) in try parser.network(word, &draft) }
    }
    guard draft.hasDestination else { throw flawBefore("the packet has no \"daddr\"") }
    guard let transport = draft.transport else { throw flawBefore("the packet has no \"tcp\", \"udp\" or \"icmp\"") }
    draft.packet.transport = transport
    return draft.packet
  }

  /// `{`, entries that each begin with a word, and `}`.
  private mutating func block(
    _ entry: (inout PacketParser, String) throws(PacketTextFlaw) -> Void
  ) throws(PacketTextFlaw) {
    try expect("{")
    while case .word(let word) = token {
      try advance()
      try entry(&self, word)
      try skip(";")
    }
    try expect("}")
  }

  private mutating func network(_ word: String, _ draft: inout PacketDraft) throws(PacketTextFlaw) {
    switch word {
    case "daddr":
      draft.packet.destination = try address(orAny: true)
      draft.hasDestination = true
    case "saddr": draft.packet.source = try address(orAny: false)
    case "tos": draft.packet.typeOfService = UInt8(try assigned(atMost: 0xff))
    case "id": draft.packet.identification = UInt16(try assigned(atMost: 0xffff))
    case "ttl": draft.packet.hopLimit = UInt8(try assigned(atMost: 0xff))
    default: try transport(word, &draft)
    }
  }

  private mutating func transport(_ word: String, _ draft: inout PacketDraft) throws(PacketTextFlaw) {
    guard draft.transport == nil else { throw lexer.flaw("a packet has one transport, not \"\(word)\" as well") }
    var data: [UInt8] = []
    switch word {
    case "udp": draft.transport = try udp(&data)
    case "tcp": draft.transport = try tcp(&data)
    case "icmp": draft.transport = try icmp(&data)
    default: throw lexer.flaw("unknown word \"\(word)\"")
    }
    draft.packet.data = data
  }

  private mutating func udp(_ data: inout [UInt8]) throws(PacketTextFlaw) -> PacketDescription.Transport {
    var ports: (source: UInt16?, destination: UInt16?) = (nil, nil)
    try block { (parser, word) throws(PacketTextFlaw) in
      switch word {
      case "sport": ports.source = UInt16(try parser.assigned(atMost: 0xffff))
      case "dport": ports.destination = UInt16(try parser.assigned(atMost: 0xffff))
      default: data = try parser.data(word)
      }
    }
    return .udp(source: ports.source, destination: ports.destination)
  }

  private mutating func tcp(_ data: inout [UInt8]) throws(PacketTextFlaw) -> PacketDescription.Transport {
    var tcp = PacketDescription.TCP()
    try block { (parser, word) throws(PacketTextFlaw) in
      switch word {
      case "sport": tcp.source = UInt16(try parser.assigned(atMost: 0xffff))
      case "dport": tcp.destination = UInt16(try parser.assigned(atMost: 0xffff))
      case "seq": tcp.sequence = try parser.assigned(atMost: .max)
      case "ack": tcp.acknowledgement = try parser.assigned(atMost: .max)
      case "flags": tcp.flags = try parser.flags()
      default: data = try parser.data(word)
      }
    }
    return .tcp(tcp)
  }

  private mutating func icmp(_ data: inout [UInt8]) throws(PacketTextFlaw) -> PacketDescription.Transport {
    var icmp = PacketDescription.ICMP()
    try block { (parser, word) throws(PacketTextFlaw) in
      switch word {
      case "type": icmp.type = try parser.echoType()
      case "code": icmp.code = UInt8(try parser.assigned(atMost: 0xff))
      case "id": icmp.identifier = UInt16(try parser.assigned(atMost: 0xffff))
      case "seq": icmp.sequence = UInt16(try parser.assigned(atMost: 0xffff))
      default: data = try parser.data(word)
      }
    }
    return .icmp(icmp)
  }

  // MARK: Values

  private mutating func assigned(atMost limit: UInt32) throws(PacketTextFlaw) -> UInt32 {
    try expect("=")
    return try number(atMost: limit)
  }

  /// Decimal, or with the prefix 0x, 0b, or 0 for octal.
  private mutating func number(atMost limit: UInt32) throws(PacketTextFlaw) -> UInt32 {
    guard case .word(let word) = token, let value = Self.number(word), value <= limit else {
      throw lexer.flaw("a number from 0 to \(limit) is missing")
    }
    try advance()
    return value
  }

  private static func number(_ word: String) -> UInt32? {
    let text = word.lowercased()
    if text.hasPrefix("0x") { return UInt32(text.dropFirst(2), radix: 16) }
    if text.hasPrefix("0b") { return UInt32(text.dropFirst(2), radix: 2) }
    return UInt32(text, radix: text.hasPrefix("0") ? 8 : 10)
  }

  private mutating func address(orAny allowed: Bool) throws(PacketTextFlaw) -> IPAddress? {
    try expect("=")
    guard case .word(let word) = token else { throw lexer.flaw("an address is missing") }
    let address = IPAddress(word)
    guard address != nil || (allowed && word == "any") else { throw lexer.flaw("\"\(word)\" is no address") }
    try advance()
    return address
  }

  private mutating func flags() throws(PacketTextFlaw) -> UInt8 {
    try expect("=")
    guard case .word(let word) = token, let flags = Self.number(word).flatMap({ UInt8(exactly: $0) }) ?? Self.flags(word) else {
      throw lexer.flaw("flags are a number or letters of FSRPAUEC")
    }
    try advance()
    return flags
  }

  private static func flags(_ word: String) -> UInt8? {
    let letters = Array("FSRPAUEC".utf8)
    var flags: UInt8 = 0
    for byte in word.uppercased().utf8 {
      guard let bit = letters.firstIndex(of: byte) else { return nil }
      flags |= 1 << UInt8(bit)
    }
    return flags
  }

  private mutating func echoType() throws(PacketTextFlaw) -> UInt8 {
    let type = UInt8(try assigned(atMost: 0xff))
    guard [0, 8, 128, 129].contains(type) else { throw lexer.flaw("only echo types are matched: 0, 8, 128 and 129") }
    return type
  }

  private mutating func data(_ word: String) throws(PacketTextFlaw) -> [UInt8] {
    guard word == "data" else { throw lexer.flaw("unknown word \"\(word)\"") }
    try expect("=")
    guard case .string(let bytes) = token else { throw lexer.flaw("data stands in quotation marks") }
    guard bytes.count <= PacketDescription.longestData else {
      throw lexer.flaw("data is at most \(PacketDescription.longestData) bytes")
    }
    try advance()
    return bytes
  }
}

/// A packet while its blocks are being read.
private struct PacketDraft {
  var packet = PacketDescription(.udp(source: nil, destination: nil))
  var transport: PacketDescription.Transport?
  var hasDestination = false
}
