// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Network namespaces that `ip netns add` made.
package enum NetworkNamespace {
  /// Moves the calling thread, and no other, for good; sockets that it opens afterwards belong there. EINVAL for a name with a slash.
  package static func enter(named name: String) throws(PlatformError) {
    guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else { throw PlatformError("enter network namespace", EINVAL) }
    let namespace = try OwnedDescriptor("open network namespace") { unsafe open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC) }
    let number = namespace.number
    try SystemCall.value("enter network namespace") { postern_enter_network(number) }
  }
}
