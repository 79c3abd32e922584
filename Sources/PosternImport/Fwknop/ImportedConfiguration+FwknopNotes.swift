// SPDX-License-Identifier: Apache-2.0
import PosternWire

extension ImportedConfiguration {
  /// What a stanza says and no user, key or door of Postern can.
  mutating func noteStanza(_ stanza: FwknopStanza) {
    for (variable, text) in Self.switches {
      guard let value = stanza[variable], stanza.isOn(variable) else { continue }
      collectedNotes.gap(text, at: value.position)
    }
    if let snat = stanza["FORCE_SNAT"] {
      collectedNotes.gap(
        "source addresses are your ruleset's business: a rule \"snat to \(snat.text)\" in postrouting", at: snat.position)
    }
    if stanza.key != nil, stanza.usesGPG {
      collectedNotes.gap("GPG is not read: of this stanza only the symmetric key counts", at: stanza.source.position)
    }
    if stanza["CMD_CYCLE_OPEN"] == nil, let close = stanza["CMD_CYCLE_CLOSE"] {
      collectedNotes.remark("without CMD_CYCLE_OPEN it meant nothing", at: close.position)
    }
  }

  private static let switches: [(variable: String, text: String)] = [
    (
      "ENABLE_CMD_EXEC",
      "commands of clients run only where they are named: an action with the command in \"aliases\", and the action in the user's \"actions\""
    ),
    ("ENABLE_CMD_SUDO_EXEC", "commands of clients run only where they are named, as the user that the action says, without sudo"),
    ("FORCE_MASQUERADE", "source addresses are your ruleset's business: a rule \"masquerade\" in postrouting"),
    ("FORWARD_ALL", "a door opens services, never everything that a client sends through the gateway"),
    ("DISABLE_DNAT", "without rewriting a door leads nowhere: give the doors sets that chain forward looks up"),
  ]

  /// What an fwknopd.conf says and Postern does otherwise, and the rules that show the gate its packets.
  mutating func noteServer(_ server: FwknopServer) {
    for (variable, text) in Self.serverSwitches {
      if let value = server.on(variable) { collectedNotes.gap(text, at: value.position) }
    }
    if let value = server.off("ENABLE_SPA_PACKET_AGING") {
      collectedNotes.gap("old packets are always refused, however wrong a client's clock is", at: value.position)
    }
    if let value = server.off("ENABLE_DIGEST_PERSISTENCE") {
      collectedNotes.remark("a repeated packet is always refused", at: value.position)
    }
    if let value = server["MAX_SPA_PACKET_AGE"], value.text.words.first != "120" {
      collectedNotes.gap("the window is 120 s either way", at: value.position)
    }
    addRules(server)
  }

  private static let serverSwitches: [(variable: String, text: String)] = [
    ("ENABLE_IPT_FORWARDING", "clients are led only to hosts that a door names in forward4, not to any that they ask for"),
    ("ENABLE_IPT_LOCAL_NAT", "clients are led only to ports of the gateway that a door names in forward4 (to = \":22\")"),
    ("ENABLE_FIREWD_FORWARDING", "clients are led only to hosts that a door names in forward4, not to any that they ask for"),
    ("ENABLE_FIREWD_LOCAL_NAT", "clients are led only to ports of the gateway that a door names in forward4 (to = \":22\")"),
    ("ENABLE_IPT_SNAT", "source addresses are your ruleset's business: a rule \"masquerade\" or \"snat\" in postrouting"),
    ("ENABLE_FIREWD_SNAT", "source addresses are your ruleset's business: a rule \"masquerade\" or \"snat\" in postrouting"),
    ("ENABLE_IPT_OUTPUT", "what goes out is your ruleset's business: let established flows out"),
    ("ENABLE_FIREWD_OUTPUT", "what goes out is your ruleset's business: let established flows out"),
    ("ENABLE_NAT_DNS", "no names are looked up: a door's forward4 names an address"),
    ("ENABLE_X_FORWARDED_FOR", "what a proxy says about an address is not believed: clients have to name theirs"),
    (
      "ENABLE_DESTINATION_RULE", "for one address of several use sets whose key has a destination, and the door's \"destination\""
    ),
  ]

  /// A segment that acknowledges something and pushes what it brings.
  private static let firstData = "tcp flags & (syn | rst | psh | ack) == psh | ack"

  private mutating func addRules(_ server: FwknopServer) {
    let interface = server["PCAP_INTF"]
    let nft = NftRules(prefix: ForeignSystem.fwknop.protocolName, interface: interface?.text)
    if let interface {
      collectedNotes.remark("packets of interface \(interface.text.quoted) alone: the rules below say it", at: interface.position)
    }
    if let ports = server.udpPorts {
      // 140 to 1499 bytes of data behind the UDP header; 192 is the length of Postern's own knocks.
      rules += ports.map { nft.line("udp dport \($0) udp length 148-1507 udp length != 192", 2048) }
    } else if let filter = server["PCAP_FILTER"] {
      collectedNotes.gap(
        "no rule comes of this filter: write rules that log the same packets with prefix fwknop", at: filter.position)
    }
    if server.on("ENABLE_TCP_SERVER") != nil {
      let port = server["TCPSERV_PORT"].flatMap { Port($0.text) }.map { "\($0)" } ?? "\(FwknopServer.standardPort)"
      rules.append(nft.line("tcp dport \(port) \(Self.firstData) meta length 180-1640", 2048))
    }
    if server.on("ENABLE_SPA_OVER_HTTP") != nil {
      rules.append(nft.line("tcp dport 80 \(Self.firstData) meta length 180-2048", 2048))
    }
  }
}
