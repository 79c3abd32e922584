// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// Measurements in a lab of network namespaces; root only.
@main struct PosternBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postern-bench", abstract: "Measure a Postern gateway in a lab.",
    subcommands: [
      Latency.self, ConnectTime.self, Rate.self, SendKnocks.self, Junk.self, Curve.self, UserTexts.self, Report.self, Fwknop.self,
      Sequences.self, Sealed.self, Datagrams.self, Micro.self,
    ])
}
