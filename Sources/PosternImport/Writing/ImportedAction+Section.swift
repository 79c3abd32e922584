// SPDX-License-Identifier: Apache-2.0
import PosternKnock

extension ImportedAction {
  func section(acceptsWeak: Bool) -> TomlSection {
    var section = TomlSection(path: ["actions", name], comments: [originComment(origin)] + comments)
    section.fields = [TomlField("run", .texts(arguments))] + strength.fields(accepted: acceptsWeak)
    section.isOff = isOff
    return section
  }

  private func originComment(_ origin: ImportPosition) -> String { "From \(origin)." }
}
