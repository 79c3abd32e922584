// SPDX-License-Identifier: Apache-2.0
internal import PosternImport
internal import PosternPlatform

/// One import: the old files are read, the new ones written, and what there is to say is said.
struct ImportRun {
  private let options: ImportOptions

  init(_ options: ImportOptions) { self.options = options }

  func run(_ importing: (ImportWorld) throws(ImportFailure) -> ImportedConfiguration) throws(ImportProblem) {
    // Secrets are about to be read.
    do throws(PlatformError) { try ProcessHardening.forbidDumps() } catch { throw .system(error) }
    var imported: ImportedConfiguration
    do throws(ImportFailure) { imported = try importing(ImportWorld()) } catch { throw .unusable(error) }
    defer { imported.eraseSecrets() }
    if !options.acceptWeak { imported.noteWeakness() }
    try write(imported)
    for note in imported.notes { Terminal.complain("\(note)") }
    guard !imported.hasGaps else { throw .gaps }
  }

  private func write(_ imported: ImportedConfiguration) throws(ImportProblem) {
    let text = ConfigurationText(imported, acceptsWeak: options.acceptWeak, writesSecrets: options.output != nil).text
    guard let output = options.output else {
      Terminal.show([text.hasSuffix("\n") ? String(text.dropLast()) : text])
      return
    }
    var files = imported.secrets.map { (name: $0.name, content: $0.content) }
    files.append((imported.fileName, Array(text.utf8)))
    try ImportDirectory(output).create(files)
    Terminal.show(files.map { "made \(ImportDirectory.path(output, $0.name))" })
  }
}
