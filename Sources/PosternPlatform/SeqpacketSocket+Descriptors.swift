// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

extension SeqpacketSocket {
  /// Sends descriptors to another process, which gets copies; EAGAIN when it has not taken earlier ones.
  package func send(descriptors numbers: [CInt]) throws(PlatformError) {
    let number = descriptor.number
    try SystemCall.value("send descriptors") { unsafe postern_send_descriptors(number, numbers, CInt(numbers.count)) }
  }

  /// Waits for exactly so many descriptors; nil at the end.
  package func receiveDescriptors(_ count: Int) throws(PlatformError) -> [CInt]? {
    var numbers = [CInt](repeating: -1, count: count)
    let number = descriptor.number
    let answer = try SystemCall.value("receive descriptors") {
      unsafe postern_receive_descriptors(number, &numbers, CInt(count))
    }
    return answer == 1 ? numbers : nil
  }
}
