// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternWire

/// Which changes stand or fall together: where a lease leads flows elsewhere, the element that leads them and the one that lets them
/// pass. Alone the one would send flows to a closed door, and the other would open what is not led away.
struct Bonds {
  private struct Side: Hashable {
    var lease: LeaseID
    var family: AddressFamily
  }

  private var sides: [Int: Int] = [:]

  init(_ changes: [SetChange]) {
    let led = Set(changes.lazy.filter { $0.element.target != nil }.compactMap(Self.side))
    guard !led.isEmpty else { return }
    let numbers = Dictionary(uniqueKeysWithValues: zip(led, 0...))
    for (index, change) in changes.enumerated() { sides[index] = Self.side(change).flatMap { numbers[$0] } }
  }

  private static func side(_ change: SetChange) -> Side? {
    switch change {
    case .put(let element, _, let comment), .add(let element, _, let comment):
      Side(lease: comment.lease, family: element.address.family)
    case .ban, .remove, .giveBack: nil
    }
  }

  var isEmpty: Bool { sides.isEmpty }

  /// The number of the bond that the change at this place has, if it has one.
  subscript(index: Int) -> Int? { sides[index] }

  /// One failure is that of all that are bonded to it.
  func spread(_ failures: inout [Int: Denial]) {
    guard !failures.isEmpty else { return }
    var denials: [Int: Denial] = [:]
    for index in failures.keys.sorted() {
      if let bond = sides[index], denials[bond] == nil { denials[bond] = failures[index] }
    }
    for (index, bond) in sides where failures[index] == nil { failures[index] = denials[bond] }
  }
}
