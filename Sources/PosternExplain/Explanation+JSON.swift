// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension Explanation {
  /// The object that JSON.md documents, on one line without its newline.
  package var json: String {
    var line = JSONLine()
    line.put("packet", number)
    line.put("time", time.rfc3339)
    line.put("bytes", byteCount)
    if isCut { line.put("cut", true) }
    if let prefix { line.put("prefix", prefix) }
    headers?.put(into: &line)
    if let syn {
      line.put("syn", syn.description)
      if !systems.isEmpty { line.put("systems", systems.members.map(\.description)) }
    }
    if let knockProtocol { line.put("protocol", knockProtocol.description) }
    if let addressee {
      line.put("gateway-key", Int(addressee.gatewayKey) + 1)
      line.put("admission", Int(addressee.admission) + 1)
    }
    if let claim { put(claim, into: &line) }
    verdict.put(into: &line)
    if !further.isEmpty { line.put("further", further.map(\.line)) }
    if let ban { line.put("bans", [ban.line]) }
    if let repeats { line.put("repeats", repeats) }
    return String(decoding: line.bytes.dropLast(), as: UTF8.self)
  }

  private func put(_ claim: Claim, into line: inout JSONLine) {
    line.put("user", claim.user.description)
    line.put("key", claim.key.description)
    guard let knock = claim.knock, let door = claim.door else { return }
    line.put("action", knock.action.word)
    door.put(into: &line)
    line.put("addresses", [ClaimText.json(knock.ipv4, "ipv4"), ClaimText.json(knock.ipv6, "ipv6")].compactMap(\.self))
    line.put("wished-lease", knock.wishedLease)
    line.put("stamp", knock.stamp.rfc3339)
    // As text: not every reader of JSON holds a number of 64 bits.
    line.put("stamp-ns", String(knock.stamp.nanoseconds))
    if let skew { line.put("skew", skew.seconds, decimals: 3) }
    line.put("second-factor", knock.totp != nil)
    line.put("knock", Hex.encode(knock.id.array))
  }
}

extension PacketHeaders {
  fileprivate func put(into line: inout JSONLine) {
    line.put("source", source.description)
    line.put("destination", destination.description)
    line.put("transport", transport.rawValue)
    if transport != .icmp {
      line.put("source-port", sourcePort)
      line.put("destination-port", destinationPort)
    }
    line.put("data", dataCount)
  }
}

extension Claim.Door {
  fileprivate func put(into line: inout JSONLine) {
    switch self {
    case .named(let name): line.put("door", name.description)
    case .byDefault(let name):
      if let name { line.put("door", name.description) }
      line.put("default-door", true)
    case .unknown(let id): line.put("unknown-door", Hex.encode(id.value))
    case .services(let services): line.put("services", services.map(\.description))
    case .forward(let service, let target):
      line.put("services", [service.description])
      line.put("forward", target.description)
    case .command(let text): line.put("command", text)
    }
  }
}

extension Explanation.Verdict {
  fileprivate func put(into line: inout JSONLine) {
    switch self {
    case .opened(let opening):
      line.put("verdict", "granted")
      opening.put(into: &line)
    case .observed(let opening):
      line.put("verdict", "observed")
      opening.put(into: &line)
    case .closed(let leases, let changes):
      line.put("verdict", "closed")
      line.put("leases", leases.map(\.lease.description))
      line.put("elements", changes.map(\.json))
    case .refused(let denial, let judge):
      line.put("verdict", "refused")
      line.put("decided-by", judge.rawValue)
      line.put("stage", denial.stage.description)
      line.put("reason", denial.description)
    case .started(let action, let isOnlyObserved):
      line.put("verdict", isOnlyObserved ? "observed" : "started")
      line.put("action", action.description)
    case .step: line.put("verdict", "step")
    case .passedOver(let reason):
      line.put("verdict", "passed-over")
      line.put("reason", reason)
    }
  }

  fileprivate var line: JSONLine {
    var line = JSONLine()
    put(into: &line)
    return line
  }
}

extension Explanation.Consequence {
  fileprivate var line: JSONLine {
    var line = JSONLine()
    switch self {
    case .banned(let source, let seconds, let cause):
      line.put("source", source)
      line.put("seconds", seconds)
      line.put("cause", cause)
    case .spared(let denial): line.put("reason", denial.description)
    }
    return line
  }
}

extension Explanation.Opening {
  fileprivate func put(into line: inout JSONLine) {
    line.put("lease", lease.lease.description)
    line.put("seconds", seconds)
    line.put("ends", ends.rfc3339)
    line.put("renewed", isRenewal)
    line.put("notes", notes)
    line.put("elements", changes.map(\.json))
  }
}

extension ElementChange {
  fileprivate var json: JSONLine {
    var line = JSONLine()
    line.put("change", action.rawValue)
    line.put("set", setText)
    line.put("element", key)
    if let milliseconds { line.put("timeout-ms", milliseconds) }
    if let comment { line.put("comment", comment) }
    return line
  }
}
