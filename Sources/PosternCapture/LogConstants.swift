// SPDX-License-Identifier: Apache-2.0
import CCapture

/// The kernel's numbers (linux/netlink.h, linux/netfilter/nfnetlink_log.h), converted once from what the importer makes of C enums.
enum LogConstants {
  static let packetMessage = UInt16(NFNL_SUBSYS_ULOG) << 8 | UInt16(truncatingIfNeeded: NFULNL_MSG_PACKET.rawValue)
  static let configMessage = UInt8(truncatingIfNeeded: NFULNL_MSG_CONFIG.rawValue)
  static let errorMessage = UInt16(NLMSG_ERROR)
  static let doneMessage = UInt16(NLMSG_DONE)

  static let bind = UInt8(truncatingIfNeeded: NFULNL_CFG_CMD_BIND.rawValue)
  static let copyPacket = UInt8(NFULNL_COPY_PACKET)
  static let bufferSize = UInt16(truncatingIfNeeded: NFULA_CFG_NLBUFSIZ.rawValue)
  static let flushTimeout = UInt16(truncatingIfNeeded: NFULA_CFG_TIMEOUT.rawValue)
  static let threshold = UInt16(truncatingIfNeeded: NFULA_CFG_QTHRESH.rawValue)
  static let flags = UInt16(truncatingIfNeeded: NFULA_CFG_FLAGS.rawValue)
  static let sequenceFlag = UInt16(NFULNL_CFG_F_SEQ)
}

/// The attributes of a logged packet that are read; all others are skipped.
enum LogAttribute {
  static let packetHeader = UInt16(truncatingIfNeeded: NFULA_PACKET_HDR.rawValue)
  static let mark = UInt16(truncatingIfNeeded: NFULA_MARK.rawValue)
  static let inputInterface = UInt16(truncatingIfNeeded: NFULA_IFINDEX_INDEV.rawValue)
  static let hardwareAddress = UInt16(truncatingIfNeeded: NFULA_HWADDR.rawValue)
  static let payload = UInt16(truncatingIfNeeded: NFULA_PAYLOAD.rawValue)
  static let prefix = UInt16(truncatingIfNeeded: NFULA_PREFIX.rawValue)
  static let sequence = UInt16(truncatingIfNeeded: NFULA_SEQ.rawValue)
}
