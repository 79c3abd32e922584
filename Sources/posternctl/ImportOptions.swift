// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternImport

/// What all importers may be told.
struct ImportOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: "The directory for the configuration and its secrets; it is made where it is missing.",
    completion: .directory)
  var output: String?

  @Flag(help: "Doors may open to knocks that an observer can repeat, as they did before: write the words that allow it.")
  var acceptWeak = false

  /// Imports, writes and says what there is to say; an error becomes lines on standard error and an exit code.
  func run(_ importing: (ImportWorld) throws(ImportFailure) -> ImportedConfiguration) throws {
    do throws(ImportProblem) {
      try ImportRun(self).run(importing)
    } catch {
      for line in error.lines { Terminal.complain(line) }
      throw ExitCode(error.exit)
    }
  }
}
