// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternPlatform

struct Micro: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What single operations cost, with limits.",
    discussion: """
      Nanoseconds, allocations, retains and releases of one operation: packets that are refused, decoding, authorising, the memory of \
      spent knocks, frames to the keeper, a transaction. Time is compared with an HMAC or an X25519 of the same run; counts are \
      exact. Exit status 1 says that a limit was exceeded.
      """)

  func run() throws {
    do {
      let meter = MicroMeter()
      let groups = [MicroRefusals.figures, MicroCapture.figures, MicroKnocks.figures, MicroKeeper.figures]
      var areMet = true
      for figures in groups {
        for figure in try figures(meter) {
          print(figure)
          areMet = areMet && figure.isMet
        }
      }
      if !areMet { throw ExitCode(1) }
    } catch let code as ExitCode {
      throw code
    } catch {
      StandardError.say("postern-bench: \(error)")
      throw ExitCode(69)
    }
  }
}
