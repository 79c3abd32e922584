// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// One captured frame: where its bytes stand in the file, and what the file says of it.
package struct CaptureRecord: Hashable, Sendable {
  /// Nil where the file tells no time, or one that no ``Timestamp`` can hold.
  package let time: Timestamp?
  /// The number of the link type, as tcpdump.org lists them; not all are known here.
  package let linkType: UInt16
  /// Of numbers that the capturing machine wrote into the frame itself.
  package let order: ByteOrder
  /// The captured bytes, as offsets into the file.
  package let bytes: Range<Int>
  /// The length of the frame on its link; more than was captured when the capture cut it.
  package let length: Int

  package init(time: Timestamp?, linkType: UInt16, order: ByteOrder, bytes: Range<Int>, length: Int) {
    self.time = time
    self.linkType = linkType
    self.order = order
    self.bytes = bytes
    self.length = length
  }

  /// Whether the capture kept less than the frame had.
  package var isCut: Bool { bytes.count < length }
}
