// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
package import PosternProtocols
internal import PosternWire

/// One SYN to each port of a code, as cd00r counts them.
package struct Cd00rRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case ports
    case delay
  }

  private let ports: [Port]
  private let delay: Timestamp.Span

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    ports = try lines.required(Key.ports, "ports with blanks between", SettingForm.ports)
    // A code that overtakes itself is another code.
    delay = try lines.optional(Key.delay, SettingForm.pauseWords, SettingForm.pause) ?? .milliseconds(20)
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    return Cd00rEncoder.steps(ports, pause: delay)
  }
}
