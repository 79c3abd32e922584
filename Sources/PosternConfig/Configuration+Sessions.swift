// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

extension Configuration {
  /// `[sessions]`: how the rules mark flows.
  package struct Sessions: Sendable {
    /// `mark-bit`: the lower of the two bits of connection marks that the rules use; nft/postern.nft defines the same.
    package let marks: FlowMarks

    init(_ section: inout Section) {
      let range = Int64(FlowMarks.bits.lowerBound)...Int64(FlowMarks.bits.upperBound)
      marks = section.integer("mark-bit", in: range).flatMap { FlowMarks(bit: UInt8(clamping: $0.value)) } ?? .standard
    }
  }
}
