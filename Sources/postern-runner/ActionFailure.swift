// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternPlatform

/// Why a program did not start.
struct ActionFailure: Error {
  let outcome: ActionOutcome

  init(_ step: ActionOutcome.Step, _ code: CInt) { outcome = .notStarted(step, errno: UInt8(clamping: code)) }

  /// A program with the reading end of what it writes.
  struct Started: ~Copyable {
    let process: ActionProcess
    let pipe: OwnedDescriptor
  }

  /// Lives until the program has its own.
  private final class InputText {
    let file: MemoryFile
    init(_ bytes: [UInt8]) throws(PlatformError) { file = try MemoryFile.input(bytes) }
  }

  private static func file(_ text: [UInt8]?) throws(ActionFailure) -> InputText? {
    guard let text else { return nil }
    do throws(PlatformError) {
      return try InputText(text)
    } catch {
      throw ActionFailure(.descriptors, error.code)
    }
  }

  /// A connection is standard output, too; standard error always comes here.
  static func launch(
    _ plan: ActionProcess.Plan, _ text: [UInt8]?, input: CInt, isConnection: Bool, listener: CInt?
  ) throws(ActionFailure) -> Started {
    let pipe: OutputPipe
    do throws(PlatformError) {
      pipe = try OutputPipe()
    } catch {
      throw ActionFailure(.descriptors, error.code)
    }
    let text = try file(text)
    let errors = pipe.input.number
    let input = text?.file.descriptor.number ?? input
    do throws(ActionProcess.Failure) {
      let process = try ActionProcess(
        plan, .init(input: input, output: isConnection ? input : errors, errors: errors, listener: listener))
      withExtendedLifetime(text) {}
      return Started(process: process, pipe: pipe.keepOutput())
    } catch {
      throw ActionFailure(ActionOutcome.Step(rawValue: error.step) ?? .fork, error.code)
    }
  }
}
