// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform
internal import PosternSets
internal import PosternTables
internal import PosternWire

/// The set that the knocks of a run fill, asked for one element at a time: a question costs the same however many there are.
struct BenchDoor: ~Copyable {
  private let set: KeeperTables.SetReference
  private var socket: NftSocket

  /// Of the namespace that the calling thread is in; the thread may leave it afterwards. `table` is of the family inet.
  init(table: String) throws(BenchFailure) {
    set = KeeperTables.SetReference(family: .inet, table: table, set: "door4")
    do throws(SetError) {
      socket = try NftSocket()
    } catch {
      throw BenchFailure("\(error)")
    }
  }

  /// Whether the element of the knock at `index` stands there.
  mutating func isOpen(_ index: Int) throws(BenchFailure) -> Bool {
    guard let key = Self.key(index) else { return false }
    do throws(SetError) {
      return try socket.element(key, of: set) != nil
    } catch {
      throw BenchFailure("\(set): \(error)")
    }
  }

  private static func key(_ index: Int) -> ElementKey? {
    var writer = WireWriter(capacity: 12)
    writer.u32(BenchAddresses.address(index).value)
    writer.u8(6)
    writer.zeros(3)
    writer.u16(22)
    writer.zeros(2)
    return ElementKey(bytes: writer.bytes)
  }
}
