// SPDX-License-Identifier: Apache-2.0
import CNftnl
import PosternTables

extension MessageBuffer {
  /// No message about one element is longer: headers, two names, key, data, timeout and comment, each with its attribute
  /// header.
  static let longestMessage =
    MemoryLayout<nlmsghdr>.size + NftConstants.familyHeader + 2 * (NftConstants.longestName + 5) + 7 * 4 + ElementKey.longest
    + ElementData.longest + 12
    + 4 + ElementComment.longest + 5

  /// Writes one transaction in place of what the buffer held. Only its last message asks for an acknowledgement: the kernel reports
  /// refusals unasked, and what was not refused was applied.
  ///
  /// A put says that its element is new, which costs a third of what it takes where one was there: that of those in `standing`.
  package mutating func transaction(
    _ operations: [SetBatch.Operation], _ members: ArraySlice<Int>, standing: Set<Int> = [], begin: UInt32
  ) {
    removeAll()
    batchBegin(sequence: begin)
    var last = begin
    for (position, index) in members.enumerated() {
      last &+= TransactionAnswers.steps
      let flags = position == members.count - 1 ? NftConstants.acknowledge : 0
      operation(operations[index], isStanding: standing.contains(index), last: last, flags: flags)
    }
    batchEnd(sequence: last &+ 1)
  }

  /// The messages of one operation; the last has the number `last` and the flags.
  ///
  /// A put over an element that stands is add, delete, add: before Linux 6.12 adding a live element again does not touch its timeout, and
  /// the first add keeps the delete from failing where it has ended meanwhile. Where a map has the element with other data the first add fails, which refuses the
  /// put: what somebody else's flows meet is never changed.
  private mutating func operation(_ operation: SetBatch.Operation, isStanding: Bool, last: UInt32, flags: UInt16) {
    switch operation.change {
    case .remove(let key):
      element(NftConstants.deleteElement, flags: flags, sequence: last, set: operation.set, key: key)
    case .add(let new): add(new, to: operation.set, flags: flags, sequence: last)
    case .put(let new) where !isStanding:
      add(new, to: operation.set, flags: NftConstants.exclusive | flags, sequence: last)
    case .put(let new):
      add(new, to: operation.set, flags: 0, sequence: last &- 2)
      element(NftConstants.deleteElement, flags: 0, sequence: last &- 1, set: operation.set, key: new.key)
      add(new, to: operation.set, flags: flags, sequence: last)
    }
  }

  private mutating func add(_ new: SetElement, to set: KeeperTables.SetReference, flags: UInt16, sequence: UInt32) {
    element(
      NftConstants.newElement, flags: NftConstants.create | flags, sequence: sequence, set: set, key: new.key,
      data: new.data,
      timeout: new.timeout, comment: new.comment)
  }

  /// Adds or deletes one element; without data, timeout and comment the key alone is sent.
  private mutating func element(
    _ type: UInt16, flags: UInt16, sequence: UInt32, set: KeeperTables.SetReference, key: ElementKey,
    data: ElementData? = nil, timeout: Milliseconds? = nil, comment: ElementComment? = nil
  ) {
    message(type, family: set.family.rawValue, flags: flags, sequence: sequence)
    put(NftConstants.listTable, text: set.table)
    put(NftConstants.listSet, text: set.set)
    nest(NftConstants.listElements) { list in
      list.nest(NftConstants.listItem) { item in
        item.nest(NftConstants.elementKey) { $0.put(NftConstants.dataValue, bytes: key.bytes) }
        if let data { item.nest(NftConstants.elementData) { $0.put(NftConstants.dataValue, bytes: data.bytes) } }
        if let timeout { item.put(NftConstants.elementTimeout, u64: timeout.count) }
        if let comment { item.put(comment) }
      }
    }
  }

  /// Asks for a table, a set's definition or, with the dump flag, for a set's elements.
  mutating func request(
    _ type: UInt16, flags: UInt16, sequence: UInt32, set: KeeperTables.SetReference, table: UInt16, name: UInt16?
  ) {
    message(type, family: set.family.rawValue, flags: NftConstants.request | flags, sequence: sequence)
    put(table, text: set.table)
    if let name { put(name, text: set.set) }
  }

  /// Asks for one element.
  mutating func question(_ key: ElementKey, in set: KeeperTables.SetReference, sequence: UInt32) {
    element(NftConstants.getElement, flags: NftConstants.request, sequence: sequence, set: set, key: key)
  }

  private mutating func put(_ comment: ElementComment) {
    unsafe attribute { message, size in
      guard let data = unsafe nftnl_udata_buf_alloc(UInt32(NFT_USERDATA_MAXLEN)) else { return false }
      defer { unsafe nftnl_udata_buf_free(data) }
      return unsafe nftnl_udata_put_strz(data, NftConstants.elementComment, comment.description)
        && mnl_attr_put_check(
          message, size, NftConstants.elementUserData, Int(nftnl_udata_buf_len(data)), nftnl_udata_buf_data(data))
    }
  }
}

extension KeeperTables.SetReference {
  /// Whether the kernel can have a set of this name: 1...255 bytes without a zero each.
  var isPossible: Bool {
    [table, set].allSatisfy { (1...NftConstants.longestName).contains($0.utf8.count) && !$0.utf8.contains(0) }
  }

  /// Where the list of elements stands in a message of ours: what the kernel finds at fault from there on is an element.
  var elementsOffset: UInt32 {
    func attribute(_ name: String) -> Int { 4 + (name.utf8.count + 1 + 3) & ~3 }
    return UInt32(MemoryLayout<nlmsghdr>.size + NftConstants.familyHeader + attribute(table) + attribute(set))
  }
}
