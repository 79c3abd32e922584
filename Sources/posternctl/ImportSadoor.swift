// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

struct ImportSadoor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sadoor", abstract: "From a sadoor.conf and the sadoor.pkts that it names.")

  @OptionGroup var options: ImportOptions

  @Argument(help: "The sadoor.conf.", completion: .file())
  var file: String

  @Option(help: "The sadoor.pkts, instead of the one that the file names.", completion: .file())
  var packets: String?

  func run() throws {
    try options.run { world throws(ImportFailure) in
      try .sadoor(world.read(file), packets: packets, world.files(besides: file))
    }
  }
}
