// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a configuration out of another system's.",
    discussion: """
      Writes a commented piece of configuration for conf.d, and says on standard error, line by line, what it could not carry or what \
      changed. Secrets go into files of their own, mode 0600, in the directory that --output names; without it the configuration goes \
      to standard output, secrets are left out, and the text says which files to make. Exit status: 0 when all was carried, 2 when \
      something was not, 1 when a file cannot be read or makes no sense, 73 when the new files cannot be made.
      """,
    subcommands: [
      ImportFwknop.self, ImportKnockd.self, ImportDoorman.self, ImportCd00r.self, ImportSadoor.self, ImportTumbler.self,
    ])
}
