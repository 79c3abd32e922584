// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

extension Knock {
  /// The id that grants carry. Its lower half tells the keeper of several gates which knock is spent: zero where a knock counts as often as
  /// it comes.
  package var grantID: Bytes16 { knockProtocol.window == nil ? Bytes16(high: id.high, low: 0) : id }
}
