// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

struct ImportTumbler: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tumbler", abstract: "From a tumblerd.conf.")

  @OptionGroup var options: ImportOptions

  @Argument(help: "The tumblerd.conf.", completion: .file())
  var file: String

  func run() throws {
    try options.run { world throws(ImportFailure) in try .tumbler(world.read(file)) }
  }
}
