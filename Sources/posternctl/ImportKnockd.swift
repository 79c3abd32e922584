// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

struct ImportKnockd: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "knockd", abstract: "From a knockd.conf.")

  @OptionGroup var options: ImportOptions

  @Argument(help: "The knockd.conf.", completion: .file())
  var file: String

  func run() throws {
    try options.run { world throws(ImportFailure) in try .knockd(world.read(file), world.files(besides: file)) }
  }
}
