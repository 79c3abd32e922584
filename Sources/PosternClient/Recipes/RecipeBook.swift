// SPDX-License-Identifier: Apache-2.0

/// The recipe of each protocol.
package enum RecipeBook {
  private typealias Reading = @Sendable (ProfileText) throws(ProfileProblem) -> any KnockRecipe

  private static let recipes: [(name: String, read: Reading)] = [
    ("cd00r", { lines throws(ProfileProblem) in try Cd00rRecipe(lines) }),
    ("doorman", { lines throws(ProfileProblem) in try DoormanRecipe(lines) }),
    ("fwknop", { lines throws(ProfileProblem) in try FwknopRecipe(lines) }),
    ("knockd", { lines throws(ProfileProblem) in try KnockdRecipe(lines) }),
    ("header", { lines throws(ProfileProblem) in try HeaderRecipe(lines) }),
    ("pasmal", { lines throws(ProfileProblem) in try PasmalRecipe(lines) }),
    ("ports", { lines throws(ProfileProblem) in try PortsRecipe(lines) }),
    ("rolling", { lines throws(ProfileProblem) in try RollingRecipe(lines) }),
    ("sadoor", { lines throws(ProfileProblem) in try SadoorRecipe(lines) }),
    ("syn", { lines throws(ProfileProblem) in try SynRecipe(lines) }),
    ("tumbler", { lines throws(ProfileProblem) in try TumblerRecipe(lines) }),
  ]

  /// The protocols that have one; the native one does not.
  package static var names: [String] { recipes.map(\.name) }

  /// Adds to the settings what files of the other system say, for protocols whose own clients have such files.
  package static func complete(_ name: String, _ lines: inout ProfileText, host: String?) throws(ClientError) {
    if name == "fwknop" { try FwknopHome.complete(&lines, host: host) }
  }

  /// The recipe that the settings describe; nil for another protocol.
  package static func recipe(_ name: String, _ lines: ProfileText) throws(ClientError) -> (any KnockRecipe)? {
    guard let recipe = recipes.first(where: { $0.name == name }) else { return nil }
    do throws(ProfileProblem) {
      return try recipe.read(lines)
    } catch {
      throw .profile(error)
    }
  }
}
