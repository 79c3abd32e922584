// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// Replays packets against a configuration, in this process alone: no daemon, no set and no replay ring is touched.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what the gate and the keeper would make of packets, and why.",
    discussion: """
      PACKETS are captures (pcap, pcapng), files with a packet in hexadecimal a line, packets in hexadecimal themselves, or - for \
      standard input. A packet starts at its IP header; with --from it is only the data of a UDP datagram. A line may begin with its \
      time (RFC 3339). Replays are found among the packets given, and in a copy of the ring file where --ring names one. Exit status: \
      0 when every packet could be examined, whatever came of it; 65 input that cannot be read; 66 no such file; 78 the configuration.
      """)

  @Option(name: .shortAndLong, help: "The configuration, with key files that you may read.", completion: .file())
  var config = "/etc/postern/postern.toml"

  @Option(
    help: "The time at which all are judged, RFC 3339 (UTC) or seconds since 1970; without it the packets' own, else now.",
    transform: time)
  var at: Timestamp?

  @Option(help: "The rule's NFLOG prefix; without it that of the capture (link type NFLOG), else spa.")
  var prefix: String?

  @Option(help: "Hexadecimal packets are bare knocks that came from this address.", transform: address)
  var from: IPAddress?

  @Option(help: "An address of the gateway, beside those that the packets are sent to.", transform: address)
  var own: [IPAddress] = []

  @Option(help: "A replay ring to look into; it is only read.", completion: .file())
  var ring: String?

  @Flag(help: "Print one JSON object a packet.")
  var json = false

  @Argument(help: "Captures, files with hexadecimal packets, such packets, or -.")
  var packets: [String] = []

  func run() throws {
    do throws(ExplainFailure) {
      try protect()
      let inputs = try PacketInput.all(packets)
      var run = try ExplainRun(self)
      try confine()
      try run.examine(inputs)
    } catch {
      for line in error.lines { Terminal.complain(line) }
      throw ExitCode(error.exit)
    }
  }

  /// Secrets are about to be read.
  private func protect() throws(ExplainFailure) {
    do throws(PlatformError) {
      try ProcessHardening.forbidDumps()
      try ProcessHardening.forbidNewPrivileges()
    } catch {
      throw ExplainFailure(error)
    }
  }

  /// What strangers sent is read from here on, beside the secrets: without access to anything that is not open.
  private func confine() throws(ExplainFailure) {
    do throws(PlatformError) { _ = try Landlock.denyAll() } catch { throw ExplainFailure(error) }
  }

  private static func time(_ text: String) throws -> Timestamp {
    guard let time = TimeText.timestamp(text) else {
      throw ValidationError("a time is 2026-11-23T08:15:30Z or seconds since 1970")
    }
    return time
  }

  private static func address(_ text: String) throws -> IPAddress {
    guard let address = IPAddress(text) else { throw ValidationError("\(text) is no IP address") }
    return address
  }
}
