// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Signals as something to read (signalfd(2)); they are blocked for the calling thread and those it starts afterwards.
package struct SignalSource: ~Copyable {
  package let descriptor: OwnedDescriptor

  package init(_ signals: [CInt]) throws(PlatformError) {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for signal in signals { try SystemCall.value("name signal") { unsafe sigaddset(&set, signal) } }
    let error = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    guard error == 0 else { throw PlatformError("block signals", error) }
    let flags = CInt(SFD_CLOEXEC) | CInt(SFD_NONBLOCK)
    descriptor = try OwnedDescriptor("open signal source") { unsafe signalfd(-1, &set, flags) }
  }

  /// The next signal that arrived, nil when there is none left.
  package func next() throws(PlatformError) -> CInt? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    let number = descriptor.number
    guard let count = try SystemCall.valueUnlessBlocked("read signal", { unsafe read(number, &info, size) }), count == size else {
      return nil
    }
    return CInt(bitPattern: info.ssi_signo)
  }
}
