// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform

/// Tries again while another socket owns what is wanted: the last process may still be ending.
struct Takeover {
  let taken: CaptureError
  let notPermitted: CaptureError
  let milliseconds: UInt64

  /// Both a foreign owner and a missing capability show as EPERM.
  func take(_ apply: () throws(PlatformError) -> Void) throws(CaptureError) {
    let end = SystemClock.monotonic() + milliseconds * 1_000_000
    while true {
      do {
        return try apply()
      } catch {
        guard error.code == EPERM else { throw .system(error) }
        guard Self.isPermitted else { throw notPermitted }
        guard SystemClock.monotonic() < end else { throw taken }
        _ = usleep(50_000)
      }
    }
  }

  private static var isPermitted: Bool {
    (try? Capabilities.current())?.effective.contains(.netAdmin) == true
  }
}
