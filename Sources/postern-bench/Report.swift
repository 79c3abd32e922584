// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternPlatform

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Medians and spreads of a run's measurements, and which bars they reach.")

  private static let limit = 4 << 20

  @Argument(help: "The file of measurements.", completion: .file())
  var file: String

  @Option(help: "What they were made on, in words.")
  var host = ""

  @Option(help: "A file for the same as JSON, one object a line.", completion: .file())
  var json: String?

  func run() throws {
    try reporting {
      let bytes = try BoundedFile.read(BoundedFile.open(file), limit: Self.limit)
      let report = BenchReport(Figures(String(decoding: bytes, as: UTF8.self)), host: host)
      print(report.text)
      if let json { try WholeFile.replace(json, report.json) }
    }
  }
}
