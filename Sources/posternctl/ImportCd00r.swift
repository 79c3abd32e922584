// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

struct ImportCd00r: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cd00r", abstract: "From the #define lines of a cd00r.c.")

  @OptionGroup var options: ImportOptions

  @Argument(help: "The cd00r.c.", completion: .file())
  var file: String

  func run() throws {
    try options.run { world throws(ImportFailure) in try .cd00r(world.read(file)) }
  }
}
