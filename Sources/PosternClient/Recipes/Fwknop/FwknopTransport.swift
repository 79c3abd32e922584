// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternProtocols
internal import PosternWire

/// What carries the text of a packet to the server.
struct FwknopTransport: Sendable {
  private enum Carrier: String, Sendable, CaseIterable {
    case udp
    /// As the first data of a connection.
    case tcp
    /// As the data of a SYN.
    case tcpraw
    /// As ``udp``, with the time to live that fwknop gives packets of its own making.
    case udpraw
    case icmp
    case http
  }

  private static let rawTTL: UInt8 = 255
  private static let echoReply: UInt8 = 0

  private let carrier: Carrier
  private let port: Port?
  private let drawsPort: Bool
  private let source: Port?
  private let spoofed: IPv4Address?
  private let icmpType: UInt8?
  private let icmpCode: UInt8
  private let server: String
  let proxy: FwknopProxy?
  private let agent: String?

  init(_ lines: ProfileText, server: String) throws(ProfileProblem) {
    let carriers = Carrier.allCases.map(\.rawValue).joined(separator: ", ")
    carrier = try lines.optional(FwknopKey.serverProto, "one of \(carriers)", Carrier.init(rawValue:)) ?? .udp
    port = try lines.optional(FwknopKey.serverPort, "a port", SettingForm.port)
    drawsPort = try lines.optional(FwknopKey.randPort, SettingForm.flagWords, SettingForm.flag) ?? false
    source = try lines.optional(FwknopKey.sourcePort, "a port", SettingForm.port)
    spoofed = try lines.optional(FwknopKey.spoofSource, "an IPv4 address") { IPv4Address($0) }
    agent = try lines.optional(FwknopKey.userAgent, "a text", Self.agent)
    proxy = try lines.optional(FwknopKey.httpProxy, "a host, perhaps with :PORT", FwknopProxy.init)
    icmpType = try lines.optional(FwknopKey.icmpType, "a number up to 255") { SettingForm.number($0) }
    icmpCode = try lines.optional(FwknopKey.icmpCode, "a number up to 255") { SettingForm.number($0) } ?? 0
    self.server = server
    guard spoofed == nil || [.udpraw, .tcpraw, .icmp].contains(carrier) else {
      throw lines.problem(of: FwknopKey.spoofSource, "needs server-proto udpraw, tcpraw or icmp")
    }
  }

  func steps(_ text: [UInt8], _ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    let ip = KnockStep.IPFields(hopLimit: Self.rawTTL, source: spoofed.map { .v4($0) })
    switch carrier {
    case .udp: return [KnockStep(.udp(source: source), port: try port(Profile.defaultPort), payload: text)]
    case .udpraw: return [KnockStep(.udp(source: source), port: try port(Profile.defaultPort), payload: text, ip: ip)]
    case .tcp: return [KnockStep(.stream, port: try port(Profile.defaultPort), payload: text)]
    case .tcpraw:
      let fields = KnockStep.TCPFields(source: source, sequence: 1, window: 32_767, options: [])
      return [KnockStep(.tcp(fields), port: try port(Profile.defaultPort), payload: text, ip: ip)]
    case .icmp: return [KnockStep(.icmp(icmp(occasion)), port: 0, payload: text, ip: spoofed == nil ? .init() : ip)]
    case .http:
      let host = server.isEmpty ? occasion.gateway.description : server
      return [KnockStep(.stream, port: try port(80), payload: request(text, host))]
    }
  }

  private func port(_ usual: UInt16) throws(ClientError) -> UInt16 {
    if let proxy { return proxy.port?.number ?? usual }
    return drawsPort ? try Port.drawn().number : port?.number ?? usual
  }

  private func request(_ text: [UInt8], _ host: String) -> [UInt8] {
    let named = proxy?.host ?? host
    let plain = FwknopEncoder.httpRequest(text, host: named)
    let request = agent.map { FwknopEncoder.httpRequest(text, host: named, agent: $0) } ?? plain
    return proxy == nil ? request : FwknopProxy.absolute(request, host)
  }

  /// fwknop's client sends an echo reply unless it is told otherwise; another family has other numbers.
  private func icmp(_ occasion: KnockOccasion) -> KnockStep.ICMPFields {
    let request = ICMPHeader.echoRequest(occasion.gateway.family)
    let usual = occasion.gateway.family == .ipv4 ? Self.echoReply : request
    guard icmpType ?? usual != request else { return KnockStep.ICMPFields(code: icmpCode) }
    return KnockStep.ICMPFields(type: icmpType ?? usual, code: icmpCode, identifier: 0, sequence: 0)
  }

  /// A header line of one line.
  private static func agent(_ text: String) -> String? {
    text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && (1...128).contains(text.utf8.count) ? text : nil
  }
}

/// A proxy that passes a request on.
struct FwknopProxy: Sendable {
  let host: String
  let port: Port?

  init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = parts.first.map(String.init), SettingForm.isHost(host), parts.count <= 2 else { return nil }
    guard parts.count == 2 else {
      (self.host, port) = (host, nil)
      return
    }
    guard let port = Port(parts[1]) else { return nil }
    (self.host, self.port) = (host, port)
  }

  /// A request as a proxy wants it: the target names the host.
  static func absolute(_ request: [UInt8], _ host: String) -> [UInt8] {
    Array("GET http://\(host)/".utf8) + request.dropFirst("GET /".utf8.count)
  }
}

extension Port {
  /// A port that fwknop's client draws: 10000...65534.
  static func drawn() throws(ClientError) -> Port {
    do throws(CryptoError) {
      let chance = try Randomness.bytes(4).withBytes { $0.u32(at: 0) }
      return Port(UInt16(10_000 + chance % 55_535)) ?? .last
    } catch {
      throw ClientError(error)
    }
  }
}
