// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// An fwknopd.conf, as far as it says something about knocks and doors.
struct FwknopServer: Sendable {
  static let standardPort: UInt16 = 62_201

  private(set) var values: [String: ForeignValue] = [:]

  /// Paths, logging, capture and chains of another firewall: nothing here asks for them.
  private static let needless: Set<String> = [
    "ACCESS_FILE", "ACCESS_FOLDER", "ALLOW_ANY_USER_AGENT", "CMD_EXEC_TIMEOUT", "DIGEST_DB_FILE", "DIGEST_FILE",
    "ENABLE_IPT_COMMENT_CHECK",
    "ENABLE_PCAP_ANY_DIRECTION", "ENABLE_PCAP_PROMISC", "ENABLE_RULE_PREPEND", "EXIT_AT_INTF_DOWN", "FAULT_INJECTION_TAG",
    "FIREWALL_EXE",
    "FLUSH_IPT_AT_EXIT", "FLUSH_IPT_AT_INIT", "FWKNOP_CONF_DIR", "FWKNOP_PID_FILE", "FWKNOP_RUN_DIR", "GPG_EXE", "GPG_HOME_DIR",
    "IPT_DNAT_ACCESS", "IPT_FORWARD_ACCESS", "IPT_INPUT_ACCESS", "IPT_MASQUERADE_ACCESS", "IPT_OUTPUT_ACCESS", "IPT_SNAT_ACCESS",
    "LOCALE", "MAX_SNIFF_BYTES", "NFQ_CHAIN", "NFQ_INTERFACE", "NFQ_LOOP_SLEEP", "NFQ_PORT", "NFQ_QUEUE_NUMBER", "NFQ_TABLE",
    "PCAP_DISPATCH_COUNT", "PCAP_FILE", "PCAP_LOOP_SLEEP", "RULES_CHECK_THRESHOLD", "SUDO_EXE", "SYSLOG_FACILITY",
    "SYSLOG_IDENTITY",
    "UDPSERV_SELECT_TIMEOUT", "VERBOSE", "ENABLE_NFQ_CAPTURE",
  ]
  private static let known: Set<String> = [
    "PCAP_INTF", "PCAP_FILTER", "ENABLE_UDP_SERVER", "UDPSERV_PORT", "ENABLE_TCP_SERVER", "TCPSERV_PORT",
    "ENABLE_SPA_PACKET_AGING",
    "MAX_SPA_PACKET_AGE", "ENABLE_DIGEST_PERSISTENCE", "ENABLE_SPA_OVER_HTTP", "ENABLE_X_FORWARDED_FOR",
    "ENABLE_DESTINATION_RULE",
    "ENABLE_NAT_DNS", "ENABLE_IPT_FORWARDING", "ENABLE_IPT_LOCAL_NAT", "ENABLE_IPT_SNAT", "SNAT_TRANSLATE_IP",
    "ENABLE_IPT_OUTPUT",
    "ENABLE_FIREWD_FORWARDING", "ENABLE_FIREWD_LOCAL_NAT", "ENABLE_FIREWD_SNAT", "ENABLE_FIREWD_OUTPUT",
  ]

  init() {}

  init(_ text: ForeignText, _ notes: inout ImportNotes) {
    for line in text.lines {
      do throws(ImportFailure) {
        guard let read = try FwknopLine.read(line) else { continue }
        take(read, at: line.position, &notes)
      } catch {
        notes.add(error.notes)
      }
    }
  }

  private mutating func take(_ line: FwknopLine, at position: ImportPosition, _ notes: inout ImportNotes) {
    guard !Self.needless.contains(line.variable) else { return }
    guard Self.known.contains(line.variable) else {
      return notes.remark("fwknopd passes over the unknown variable \(line.variable.quoted)", at: position)
    }
    values[line.variable] = ForeignValue(line.value.trimmed, at: position)
  }

  subscript(variable: String) -> ForeignValue? { values[variable] }

  /// The value where the variable is set to `Y`.
  func on(_ variable: String) -> ForeignValue? {
    values[variable].flatMap { $0.text.asciiLowercased.hasPrefix("y") ? $0 : nil }
  }

  /// The value where the variable is set to `N`.
  func off(_ variable: String) -> ForeignValue? {
    values[variable].flatMap { $0.text.asciiLowercased.hasPrefix("n") ? $0 : nil }
  }

  /// The ports that `udp [dst] port N [or ...]` names in the capture filter; nil where it says something else.
  var udpPorts: [Port]? {
    if on("ENABLE_UDP_SERVER") != nil {
      return [values["UDPSERV_PORT"].flatMap { Port($0.text) } ?? Port(Self.standardPort)].compactMap { $0 }
    }
    guard let filter = values["PCAP_FILTER"] else { return Port(Self.standardPort).map { [$0] } }
    let words = filter.text.asciiLowercased.words.filter { !["udp", "dst", "port", "or"].contains($0) }
    let ports = words.compactMap { Port($0) }
    return ports.count == words.count && !ports.isEmpty && filter.text.asciiLowercased.words.contains("udp") ? ports : nil
  }
}
