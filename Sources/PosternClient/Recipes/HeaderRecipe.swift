// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// One packet whose header fields are the knock.
package struct HeaderRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case carrier
    case flags
    case ttl
    case identification
    case sourcePort = "source-port"
    case port
    case sequence
    case acknowledgement
    case window
    case urgent
    case icmpType = "icmp-type"
    case icmpCode = "icmp-code"
    case icmpID = "icmp-id"
    case icmpSequence = "icmp-sequence"
    case data
    /// How the destination port follows from the port to open.
    case opens
    /// The port to open.
    case service
  }

  private let step: KnockStep

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    let carriers: [String: HeaderCredential.Carrier] = ["tcp": .tcp, "udp": .udp, "icmp": .icmp]
    let carrier = try lines.optional(Key.carrier, "tcp, udp or icmp") { carriers[$0] } ?? .tcp
    let data = try lines.optional(Key.data, "a text") { Array($0.utf8) } ?? []
    let ip = KnockStep.IPFields(
      identification: try lines.number(Key.identification), hopLimit: try lines.number(Key.ttl))
    switch carrier {
    case .tcp: step = KnockStep(.tcp(try Self.tcp(lines)), port: try Self.port(lines), payload: data, ip: ip)
    case .udp: step = KnockStep(.udp(source: try Self.source(lines)), port: try Self.port(lines), payload: data, ip: ip)
    case .icmp: step = KnockStep(.icmp(try Self.icmp(lines)), port: 0, payload: data, ip: ip)
    }
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    return [step]
  }

  private static func tcp(_ lines: ProfileText) throws(ProfileProblem) -> KnockStep.TCPFields {
    KnockStep.TCPFields(
      flags: try lines.optional(Key.flags, "of fin syn rst psh ack urg ece cwr, with blanks between", flags) ?? .syn,
      source: try source(lines), sequence: try lines.number(Key.sequence), acknowledgement: try lines.number(Key.acknowledgement),
      window: try lines.number(Key.window), urgentPointer: try lines.number(Key.urgent) ?? 0)
  }

  private static func icmp(_ lines: ProfileText) throws(ProfileProblem) -> KnockStep.ICMPFields {
    KnockStep.ICMPFields(
      type: try lines.number(Key.icmpType), code: try lines.number(Key.icmpCode) ?? 0, identifier: try lines.number(Key.icmpID),
      sequence: try lines.number(Key.icmpSequence) ?? 1)
  }

  private static func source(_ lines: ProfileText) throws(ProfileProblem) -> Port? {
    try lines.optional(Key.sourcePort, "a port", SettingForm.port)
  }

  /// The port itself, or the one that asks for a service.
  private static func port(_ lines: ProfileText) throws(ProfileProblem) -> UInt16 {
    if let port: UInt16 = try lines.number(Key.port) { return port }
    let service = try lines.required(Key.service, "the port to open; or port, the one to knock at", SettingForm.port)
    let knocked = try lines.required(Key.opens, "strip10, or subtract and a number") { Self.knocked($0, service) }
    return knocked.number
  }

  private static func knocked(_ opens: String, _ service: Port) -> Port? {
    if opens == "strip10" { return HeaderTarget.stripped.contains(service.number) ? Port("10\(service)") : nil }
    guard opens.hasPrefix("subtract"), let distance = UInt16(digits: opens.dropFirst("subtract".count)) else { return nil }
    let (sum, overflow) = service.number.addingReportingOverflow(distance)
    return overflow ? nil : Port(sum)
  }

  private static func flags(_ text: String) -> TCPHeader.Flags? {
    let known: [String: TCPHeader.Flags] = [
      "fin": .fin, "syn": .syn, "rst": .rst, "psh": .psh, "ack": .ack, "urg": .urg, "ece": .ece, "cwr": .cwr,
    ]
    if text == "none" { return [] }
    let flags = SettingForm.words(text).map { known[$0] }
    return flags.isEmpty || flags.contains(nil) ? nil : TCPHeader.Flags(flags.compactMap(\.self))
  }
}
