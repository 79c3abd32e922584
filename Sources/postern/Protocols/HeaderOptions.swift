// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct HeaderKnock: ClassicKnock {
  static let knockProtocol = "header"
  static let configuration = described(
    "Send one packet whose header fields are the knock.", usage: "[--opens strip10] HOST [SERVICE]",
    discussion: "Chosen TCP and ICMP fields need CAP_NET_RAW. Whoever sees such a packet can repeat it.")

  @OptionGroup var options: ClassicOptions

  @Option(help: "tcp, udp or icmp; tcp unless said otherwise.")
  var carrier: String?

  @Option(help: "TCP flags with blanks between; syn unless said otherwise.")
  var flags: String?

  @Option(help: "The TCP sequence number.")
  var sequence: String?

  @Option(help: "The TCP acknowledgement number.")
  var acknowledgement: String?

  @Option(help: "The TCP window.")
  var window: String?

  @Option(help: "The TCP urgent pointer.")
  var urgent: String?

  @Option(help: "The destination port.")
  var port: String?

  @Option(name: .customLong("source-port"), help: "The source port.")
  var sourcePort: String?

  @Option(help: "The time to live, or hop limit.")
  var ttl: String?

  @Option(help: "The IPv4 identification.")
  var identification: String?

  @Option(name: .customLong("icmp-type"), help: "The ICMP type; an echo request unless said otherwise.")
  var icmpType: String?

  @Option(name: .customLong("icmp-code"), help: "The ICMP code.")
  var icmpCode: String?

  @Option(name: .customLong("icmp-id"), help: "The ICMP identifier.")
  var icmpID: String?

  @Option(name: .customLong("icmp-sequence"), help: "The ICMP sequence number.")
  var icmpSequence: String?

  @Option(help: "The data of the packet.")
  var data: String?

  @Option(help: "How the destination port follows from SERVICE: strip10, or subtract1000 and the like.")
  var opens: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  @Argument(help: "The TCP port to open.")
  var service: String?

  var settings: [Setting] {
    Setting.given([
      ("carrier", carrier), ("flags", flags), ("sequence", sequence), ("acknowledgement", acknowledgement), ("window", window),
      ("urgent", urgent), ("port", port), ("source-port", sourcePort), ("ttl", ttl), ("identification", identification),
      ("icmp-type", icmpType), ("icmp-code", icmpCode), ("icmp-id", icmpID), ("icmp-sequence", icmpSequence), ("data", data),
      ("opens", opens), ("service", service),
    ])
  }
}
