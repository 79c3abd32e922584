// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

struct ImportDoorman: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doorman", abstract: "From a doormand.cf and the guest list that it names.")

  @OptionGroup var options: ImportOptions

  @Argument(help: "The doormand.cf.", completion: .file())
  var file: String

  @Option(help: "The guest list, instead of the one that the file names.", completion: .file())
  var guestlist: String?

  func run() throws {
    try options.run { world throws(ImportFailure) in
      try .doorman(world.read(file), guestList: guestlist, world.files(besides: file))
    }
  }
}
