// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

struct ImportFwknop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fwknop", abstract: "From fwknopd's access.conf, with the files that it includes.")

  @OptionGroup var options: ImportOptions

  @Option(help: "The access.conf.", completion: .file())
  var access: String

  @Option(help: "The fwknopd.conf.", completion: .file())
  var server: String?

  func run() throws {
    try options.run { world throws(ImportFailure) in
      let access = try world.read(access)
      var settings: ForeignText?
      if let server { settings = try world.read(server) }
      return try .fwknop(access: access, server: settings, world.files(besides: self.access))
    }
  }
}
