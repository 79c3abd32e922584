// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A sequence of packets in the way of pasmal, with real packets among decoys and a one-time password behind it where the key has them.
package struct PasmalRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case opener
    case screen
    case screenBase = "screen-base"
    case screenSpan = "screen-span"
    case screenPackets = "screen-packets"
    case screenReal = "screen-real"
    case passwordPort = "password-port"
    case password
    case passwordSecret = "password-secret"
    case passwordCount = "password-count"
    case digits
    case delay
  }

  private let opener: [PasmalCredential.Step]
  private let screen: PasmalScreenSetting?
  private let password: PasmalPassword?
  private let passwordPort: Port?
  private let delay: Timestamp.Span

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    let words = "steps like tcp/7000, udp/8000 or echo id 7 seq 1 length 56, with commas between"
    opener = try lines.required(Key.opener, words, Self.opener)
    screen = try PasmalScreenSetting(lines)
    passwordPort = try lines.optional(Key.passwordPort, "a port", SettingForm.port)
    password = try PasmalPassword(lines, isWanted: passwordPort != nil)
    // Packets that overtake each other are another knock.
    delay = try lines.optional(Key.delay, SettingForm.pauseWords, SettingForm.pause) ?? .milliseconds(10)
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    let form = try screen?.form()
    let credential = PasmalCredential(opener: opener, screen: form, passwordPort: passwordPort, timeout: .seconds(30))
    let number = try form.map { form throws(ClientError) in try occasion.number(of: form.secret.array) } ?? 1
    let noise = try Chance.bytes(2 * Int(form?.packets ?? 0))
    let steps = PasmalEncoder.steps(
      credential, number: number, password: try password?.next(occasion), noise: noise, pause: delay)
    guard let steps else { throw .usage("the opener's last packet can carry no further number, or the screen cannot be") }
    return steps
  }

  private static func opener(_ text: String) -> [PasmalCredential.Step]? {
    let parts = text.contains(",") ? text.split(separator: ",").map { String($0.trimmed) } : [text]
    let steps = parts.compactMap { PasmalCredential.Step($0) }
    return PasmalCredential.openerCounts.contains(steps.count) && steps.count == parts.count ? steps : nil
  }
}
