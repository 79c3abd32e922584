// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import PosternSets
import Testing

@Suite struct SetErrorTests {
  static let cases: [(Int32, SetError, Denial)] = [
    (ENFILE, .setFull, .setFull), (EPERM, .foreignOwner, .setForeignOwner), (ENOENT, .missing, .setMissing),
    (EINVAL, .unsuited, .setUnsuited), (EEXIST, .exists, .addressTaken), (ERESTART, .busy, .kernelRefused),
    (EINTR, .busy, .kernelRefused), (EBUSY, .busy, .kernelRefused), (ENOMEM, .other(ENOMEM), .kernelRefused),
  ]

  @Test(arguments: cases)
  func errnoAndDenial(_ code: Int32, _ error: SetError, _ denial: Denial) {
    #expect(SetError(errno: code) == error)
    #expect(error.denial == denial)
  }

  @Test func wordsForOperators() {
    #expect(SetError.setFull.description == "the set is full (ENFILE)")
    #expect(SetError.other(34).description == "the kernel refused (errno 34)")
  }
}
