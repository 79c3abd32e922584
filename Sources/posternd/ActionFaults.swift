// SPDX-License-Identifier: Apache-2.0
import PosternPlatform
import PosternTables

/// What keeps configured programs from starting on this host, as far as can be seen without starting them.
enum ActionFaults {
  static func list(_ programs: [RunnerProgram]) -> [String] {
    guard !programs.isEmpty else { return [] }
    return runner + programs.flatMap(faults)
  }

  private static var runner: [String] {
    guard let path = try? Programs.path("postern-runner") else { return [] }
    return FileAccess.exists(path) ? [] : ["\(path) is missing, and the configuration has actions"]
  }

  private static func faults(_ program: RunnerProgram) -> [String] {
    guard case .text(let path)? = program.words.first else { return [] }
    return [path, program.directory].filter { !FileAccess.exists($0) }.map { "actions.\(program.name): there is no \($0)" }
  }
}
