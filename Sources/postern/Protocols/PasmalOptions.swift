// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternClient

struct PasmalKnock: ClassicKnock {
  static let knockProtocol = "pasmal"
  static let configuration = described(
    "Send a sequence in the way of pasmal, with decoys and a one-time password where the key has them.",
    usage: "--opener STEPS [--screen file:PATH] [--password FORM] HOST",
    discussion: "The numbers of one-time forms are kept beside the stamps, in ~/.local/state/postern.")

  @OptionGroup var options: ClassicOptions

  @Option(help: "Steps like tcp/7000, udp/8000 or echo id 7, with commas between.")
  var opener: String?

  @Option(help: "file:PATH of the screen's secret.")
  var screen: String?

  @Option(name: .customLong("screen-base"), help: "The first port of the screen; 32768 unless said otherwise.")
  var screenBase: String?

  @Option(name: .customLong("screen-span"), help: "How many ports the screen has; 1024 unless said otherwise.")
  var screenSpan: String?

  @Option(name: .customLong("screen-packets"), help: "How many packets; 64 unless said otherwise.")
  var screenPackets: String?

  @Option(name: .customLong("screen-real"), help: "How many of them are real; 8 unless said otherwise.")
  var screenReal: String?

  @Option(name: .customLong("password-port"), help: "The UDP port of the one-time password.")
  var passwordPort: String?

  @Option(help: "The form of the password: totp, hotp or chain; totp unless said otherwise.")
  var password: String?

  @Option(name: .customLong("password-secret"), help: "file:PATH of the password's secret, in base64.")
  var passwordSecret: String?

  @Option(name: .customLong("password-count"), help: "How many passwords the chain has; 1000 unless said otherwise.")
  var passwordCount: String?

  @Option(help: "Digits of a code; 6 unless said otherwise.")
  var digits: String?

  @Option(help: "Milliseconds between packets, or a time like 2s.")
  var delay: String?

  @Argument(help: "The gateway, or the name of a profile.")
  var host: String?

  var settings: [Setting] {
    Setting.given([
      ("opener", opener), ("screen", screen), ("screen-base", screenBase), ("screen-span", screenSpan),
      ("screen-packets", screenPackets), ("screen-real", screenReal), ("password-port", passwordPort), ("password", password),
      ("password-secret", passwordSecret), ("password-count", passwordCount), ("digits", digits), ("delay", delay),
    ])
  }
}
