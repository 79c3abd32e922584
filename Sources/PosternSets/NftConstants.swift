// SPDX-License-Identifier: Apache-2.0
import CNftnl

/// Constants of the kernel headers in the widths that messages use: C enumerations import as structures of their own.
enum NftConstants {
  static var newElement: UInt16 { UInt16(NFT_MSG_NEWSETELEM.rawValue) }
  static var getElement: UInt16 { UInt16(NFT_MSG_GETSETELEM.rawValue) }
  static var deleteElement: UInt16 { UInt16(NFT_MSG_DELSETELEM.rawValue) }
  static var newSet: UInt16 { UInt16(NFT_MSG_NEWSET.rawValue) }
  static var getSet: UInt16 { UInt16(NFT_MSG_GETSET.rawValue) }
  static var deleteSet: UInt16 { UInt16(NFT_MSG_DELSET.rawValue) }
  static var getTable: UInt16 { UInt16(NFT_MSG_GETTABLE.rawValue) }
  static var newTable: UInt16 { UInt16(NFT_MSG_NEWTABLE.rawValue) }
  static var deleteTable: UInt16 { UInt16(NFT_MSG_DELTABLE.rawValue) }
  static var newGeneration: UInt16 { UInt16(NFT_MSG_NEWGEN.rawValue) }

  /// The kernel's message type: the subsystem in the upper byte.
  static func messageType(_ message: UInt16) -> UInt16 { UInt16(NFNL_SUBSYS_NFTABLES) << 8 | message }

  static var listTable: UInt16 { UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue) }
  static var listSet: UInt16 { UInt16(NFTA_SET_ELEM_LIST_SET.rawValue) }
  static var listElements: UInt16 { UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue) }
  static var listItem: UInt16 { UInt16(NFTA_LIST_ELEM.rawValue) }
  static var dataValue: UInt16 { UInt16(NFTA_DATA_VALUE.rawValue) }

  static var elementKey: UInt16 { UInt16(NFTA_SET_ELEM_KEY.rawValue) }
  static var elementData: UInt16 { UInt16(NFTA_SET_ELEM_DATA.rawValue) }
  static var elementFlags: UInt16 { UInt16(NFTA_SET_ELEM_FLAGS.rawValue) }
  static var elementTimeout: UInt16 { UInt16(NFTA_SET_ELEM_TIMEOUT.rawValue) }
  static var elementExpiration: UInt16 { UInt16(NFTA_SET_ELEM_EXPIRATION.rawValue) }
  static var elementUserData: UInt16 { UInt16(NFTA_SET_ELEM_USERDATA.rawValue) }

  static var setTable: UInt16 { UInt16(NFTA_SET_TABLE.rawValue) }
  static var setName: UInt16 { UInt16(NFTA_SET_NAME.rawValue) }
  static var setFlags: UInt16 { UInt16(NFTA_SET_FLAGS.rawValue) }
  static var setKeyType: UInt16 { UInt16(NFTA_SET_KEY_TYPE.rawValue) }
  static var setKeyLength: UInt16 { UInt16(NFTA_SET_KEY_LEN.rawValue) }
  static var setDataType: UInt16 { UInt16(NFTA_SET_DATA_TYPE.rawValue) }
  static var setDataLength: UInt16 { UInt16(NFTA_SET_DATA_LEN.rawValue) }
  static var setDescription: UInt16 { UInt16(NFTA_SET_DESC.rawValue) }
  static var setDescriptionSize: UInt16 { UInt16(NFTA_SET_DESC_SIZE.rawValue) }
  static var setTimeout: UInt16 { UInt16(NFTA_SET_TIMEOUT.rawValue) }

  static var setHandle: UInt16 { UInt16(NFTA_SET_HANDLE.rawValue) }

  static var tableHandle: UInt16 { UInt16(NFTA_TABLE_HANDLE.rawValue) }
  static var tableName: UInt16 { UInt16(NFTA_TABLE_NAME.rawValue) }
  static var generationProcess: UInt16 { UInt16(NFTA_GEN_PROC_PID.rawValue) }
  static var generationProgram: UInt16 { UInt16(NFTA_GEN_PROC_NAME.rawValue) }

  static var newChain: UInt16 { UInt16(NFT_MSG_NEWCHAIN.rawValue) }
  static var newRule: UInt16 { UInt16(NFT_MSG_NEWRULE.rawValue) }
  static var chainTable: UInt16 { UInt16(NFTA_CHAIN_TABLE.rawValue) }
  static var chainName: UInt16 { UInt16(NFTA_CHAIN_NAME.rawValue) }
  static var ruleTable: UInt16 { UInt16(NFTA_RULE_TABLE.rawValue) }
  static var ruleChain: UInt16 { UInt16(NFTA_RULE_CHAIN.rawValue) }
  static var ruleExpressions: UInt16 { UInt16(NFTA_RULE_EXPRESSIONS.rawValue) }
  static var expressionName: UInt16 { UInt16(NFTA_EXPR_NAME.rawValue) }
  static var expressionData: UInt16 { UInt16(NFTA_EXPR_DATA.rawValue) }
  static var queueNumber: UInt16 { UInt16(NFTA_QUEUE_NUM.rawValue) }

  static var badAttribute: UInt16 { UInt16(NLMSGERR_ATTR_OFFS.rawValue) }
  static var elementComment: UInt8 { UInt8(NFTNL_UDATA_SET_ELEM_COMMENT.rawValue) }

  static var request: UInt16 { UInt16(NLM_F_REQUEST) }
  static var create: UInt16 { UInt16(NLM_F_CREATE) }
  static var exclusive: UInt16 { UInt16(NLM_F_EXCL) }
  static var acknowledge: UInt16 { UInt16(NLM_F_ACK) }
  static var dump: UInt16 { UInt16(NLM_F_DUMP) }

  /// struct nfgenmsg in front of the attributes of every netfilter message.
  static var familyHeader: Int { MemoryLayout<nfgenmsg>.size }
  /// NFT_NAME_MAXLEN less the closing zero.
  static var longestName: Int { Int(NFT_NAME_MAXLEN) - 1 }
}
