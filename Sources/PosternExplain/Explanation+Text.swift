// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension Explanation {
  /// A block of lines for people: the packet, the knock if there is one, the verdict, the elements.
  package var text: [String] {
    [heading] + synLine + knockLine + ([verdict] + further).flatMap(lines).map { "  " + $0 }
      + (ban.map { ["  \($0.words)"] } ?? [])
  }

  private var heading: String {
    var words = ["#\(number)", time.rfc3339]
    if let prefix { words.append(prefix.isEmpty ? "(no prefix)" : prefix.printable) }
    if let headers { words.append("\(headers.path)") }
    return words.joined(separator: " ") + (headers == nil ? " \(byteCount) bytes" : "") + (isCut ? " (cut by the capture)" : "")
  }

  private func lines(_ verdict: Verdict) -> [String] {
    guard verdict == .step, claim?.knock != nil else { return verdict.lines(repeats: repeats) }
    return ["waits for the first packet of its address: the door demands an operating system"]
  }

  private var synLine: [String] {
    syn.map { ["  syn: \($0), \(systems.isEmpty ? "no known system" : "like \(systems)")"] } ?? []
  }

  private var knockLine: [String] {
    guard let claim else { return addressee.map { ["  made for \($0.words)"] } ?? [] }
    var parts = ["\(claim.user)/\(claim.key)" + (claim.knock.map { " \($0.action.word) " } ?? "") + (claim.door?.words ?? "")]
    if let knock = claim.knock { parts += details(knock) }
    if let addressee { parts.append(addressee.words) }
    return ["  knock: " + parts.joined(separator: ", ")]
  }

  private func details(_ knock: Knock) -> [String] {
    var parts = [ClaimText.words(knock.ipv4, "IPv4"), ClaimText.words(knock.ipv6, "IPv6")].compactMap(\.self)
    if parts.isEmpty { parts.append("all addresses") }
    if knock.action == .open { parts.append(knock.wishedLease == 0 ? "default lease" : "lease \(knock.wishedLease) s") }
    if let skew { parts.append("stamp \(skew.signed)") }
    if knock.totp != nil { parts.append("with a second factor") }
    return parts
  }
}

extension PacketHeaders: CustomStringConvertible {
  package var description: String { path }

  /// Where from, where to, by what, how much.
  fileprivate var path: String {
    "\(end(source, sourcePort)) -> \(end(destination, destinationPort)) \(transport.rawValue) \(dataCount) bytes"
  }

  private func end(_ address: IPAddress, _ port: UInt16) -> String {
    switch (transport, address) {
    case (.icmp, _): "\(address)"
    case (.udp, .v4), (.tcp, .v4): "\(address):\(port)"
    case (.udp, .v6), (.tcp, .v6): "[\(address)]:\(port)"
    }
  }
}

extension Addressee {
  /// Counted as people count.
  fileprivate var words: String { "gateway key \(Int(gatewayKey) + 1), admission secret \(Int(admission) + 1)" }
}

extension Claim.Door {
  fileprivate var words: String {
    switch self {
    case .named(let name): name.description
    case .byDefault(let name): name.map { "\($0) (the default door)" } ?? "the default door (there is none)"
    case .unknown(let id): "an unknown door (id \(Hex.encode(id.value)))"
    case .services(let services): services.map(\.description).joined(separator: " ")
    case .forward(let service, let target): "\(service) led to \(target)"
    case .command(let text): "the command \"\(text)\""
    }
  }
}

extension Explanation.Verdict {
  fileprivate func lines(repeats: Int?) -> [String] {
    switch self {
    case .opened(let opening): opening.lines("granted")
    case .observed(let opening): opening.lines("observed, nothing opens")
    case .closed(let leases, let changes): closedLines(leases, changes)
    case .refused(let denial, let judge): [refusal(denial, judge, repeats)]
    case .started(let action, let isOnlyObserved): [isOnlyObserved ? "observed, \(action) does not start" : "starts \(action)"]
    case .step: ["a step of a knock that is not complete yet"]
    case .passedOver(let reason): ["passed over: \(reason)"]
    }
  }

  private func closedLines(_ leases: [LeaseComment], _ changes: [ElementChange]) -> [String] {
    guard !leases.isEmpty else { return ["accepted: there is no lease to close among the packets before"] }
    return ["closes lease \(leases.map(\.lease.description).joined(separator: ", "))"] + changes.map { "  \($0)" }
  }

  private func refusal(_ denial: Denial, _ judge: Explanation.Judge, _ repeats: Int?) -> String {
    let hint = repeats.map { " (packet #\($0))" } ?? ""
    return "refused at \(denial.stage) by the \(judge.rawValue): \(denial)\(hint): \(denial.words)"
  }
}

extension Explanation.Consequence {
  fileprivate var words: String {
    switch self {
    case .banned(let source, let seconds, let cause): "bans \(source) for \(seconds) s: it reached the limit of \(cause)"
    case .spared(let denial): "its source reached a limit and is not banned: \(denial): \(denial.words)"
    }
  }
}

extension Explanation.Opening {
  fileprivate func lines(_ verdict: String) -> [String] {
    var parts = ["\(seconds) s until \(ends.rfc3339)", "lease \(lease.lease)"]
    if isRenewal { parts.append("renewed") }
    return ["\(verdict): " + (parts + notes).joined(separator: ", ")] + changes.map { "  \($0)" }
  }
}

extension ElementChange: CustomStringConvertible {
  package var description: String {
    var words = [key]
    if let milliseconds { words.append("timeout \(NftTime.text(milliseconds))") }
    if let comment { words.append("comment \"\(comment)\"") }
    return "\(action.rawValue) \(setText) { \(words.joined(separator: " ")) }"
  }
}

extension String {
  /// Printable ASCII as it is, a question mark for the rest: a prefix in a capture is anybody's.
  fileprivate var printable: String { String(unicodeScalars.map { (0x20...0x7e).contains($0.value) ? Character($0) : "?" }) }
}

extension Timestamp.Span {
  /// Seconds with a sign and three decimals.
  fileprivate var signed: String {
    let milliseconds = nanoseconds.magnitude / 1_000_000
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let digits = String(rest)
    return "\(nanoseconds < 0 ? "-" : "+")\(seconds).\(String(repeating: "0", count: 3 - digits.utf8.count))\(digits) s"
  }
}
