// SPDX-License-Identifier: Apache-2.0
import CCapture

/// The kernel's numbers (linux/netfilter.h, linux/netfilter/nfnetlink_queue.h), converted once from what the importer makes of C enums.
enum QueueConstants {
  static let packetMessage = UInt16(NFNL_SUBSYS_QUEUE) << 8 | UInt16(truncatingIfNeeded: NFQNL_MSG_PACKET.rawValue)
  static let configMessage = CInt(truncatingIfNeeded: NFQNL_MSG_CONFIG.rawValue)
  static let verdictMessage = CInt(truncatingIfNeeded: NFQNL_MSG_VERDICT.rawValue)
  static let batchMessage = CInt(truncatingIfNeeded: NFQNL_MSG_VERDICT_BATCH.rawValue)

  static let bind = UInt8(truncatingIfNeeded: NFQNL_CFG_CMD_BIND.rawValue)
  static let copyPacket = UInt8(truncatingIfNeeded: NFQNL_COPY_PACKET.rawValue)
  static let longest = UInt16(truncatingIfNeeded: NFQA_CFG_QUEUE_MAXLEN.rawValue)
  static let mask = UInt16(truncatingIfNeeded: NFQA_CFG_MASK.rawValue)
  static let flags = UInt16(truncatingIfNeeded: NFQA_CFG_FLAGS.rawValue)
  static let failOpen = UInt32(NFQA_CFG_F_FAIL_OPEN)
  static let segmentsWhole = UInt32(NFQA_CFG_F_GSO)

  static let accept = CInt(NF_ACCEPT)
  static let drop = CInt(NF_DROP)
}

/// The attributes of a queued packet that are read; all others are skipped.
enum QueueAttribute {
  static let packetHeader = UInt16(truncatingIfNeeded: NFQA_PACKET_HDR.rawValue)
  static let payload = UInt16(truncatingIfNeeded: NFQA_PAYLOAD.rawValue)
}
