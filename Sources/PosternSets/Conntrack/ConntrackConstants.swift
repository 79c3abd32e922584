// SPDX-License-Identifier: Apache-2.0
import CNftnl

/// Constants of linux/netfilter/nfnetlink_conntrack.h in the widths that messages use.
enum ConntrackConstants {
  static var new: UInt16 { UInt16(IPCTNL_MSG_CT_NEW.rawValue) }
  static var get: UInt16 { UInt16(IPCTNL_MSG_CT_GET.rawValue) }
  static var delete: UInt16 { UInt16(IPCTNL_MSG_CT_DELETE.rawValue) }

  /// The kernel's message type: the subsystem in the upper byte.
  static func messageType(_ message: UInt16) -> UInt16 { UInt16(NFNL_SUBSYS_CTNETLINK) << 8 | message }

  static var original: UInt16 { UInt16(CTA_TUPLE_ORIG.rawValue) }
  static var reply: UInt16 { UInt16(CTA_TUPLE_REPLY.rawValue) }
  static var status: UInt16 { UInt16(CTA_STATUS.rawValue) }
  static var protocolInfo: UInt16 { UInt16(CTA_PROTOINFO.rawValue) }
  static var timeout: UInt16 { UInt16(CTA_TIMEOUT.rawValue) }
  static var mark: UInt16 { UInt16(CTA_MARK.rawValue) }
  static var markMask: UInt16 { UInt16(CTA_MARK_MASK.rawValue) }
  static var originalCounters: UInt16 { UInt16(CTA_COUNTERS_ORIG.rawValue) }
  static var replyCounters: UInt16 { UInt16(CTA_COUNTERS_REPLY.rawValue) }
  static var id: UInt16 { UInt16(CTA_ID.rawValue) }
  static var timestamp: UInt16 { UInt16(CTA_TIMESTAMP.rawValue) }

  static var addresses: UInt16 { UInt16(CTA_TUPLE_IP.rawValue) }
  static var transport: UInt16 { UInt16(CTA_TUPLE_PROTO.rawValue) }
  static var source4: UInt16 { UInt16(CTA_IP_V4_SRC.rawValue) }
  static var destination4: UInt16 { UInt16(CTA_IP_V4_DST.rawValue) }
  static var source6: UInt16 { UInt16(CTA_IP_V6_SRC.rawValue) }
  static var destination6: UInt16 { UInt16(CTA_IP_V6_DST.rawValue) }
  static var transportNumber: UInt16 { UInt16(CTA_PROTO_NUM.rawValue) }
  static var sourcePort: UInt16 { UInt16(CTA_PROTO_SRC_PORT.rawValue) }
  static var destinationPort: UInt16 { UInt16(CTA_PROTO_DST_PORT.rawValue) }
  static var tcp: UInt16 { UInt16(CTA_PROTOINFO_TCP.rawValue) }
  static var tcpState: UInt16 { UInt16(CTA_PROTOINFO_TCP_STATE.rawValue) }
  static var packets: UInt16 { UInt16(CTA_COUNTERS_PACKETS.rawValue) }
  static var bytes: UInt16 { UInt16(CTA_COUNTERS_BYTES.rawValue) }
  static var start: UInt16 { UInt16(CTA_TIMESTAMP_START.rawValue) }

  /// The entry keeps its timeout whatever packets come.
  static var fixedTimeout: UInt32 { UInt32(IPS_FIXED_TIMEOUT.rawValue) }

  static var groups: [Int32] {
    [
      Int32(NFNLGRP_CONNTRACK_NEW.rawValue), Int32(NFNLGRP_CONNTRACK_UPDATE.rawValue),
      Int32(NFNLGRP_CONNTRACK_DESTROY.rawValue),
    ]
  }

}
