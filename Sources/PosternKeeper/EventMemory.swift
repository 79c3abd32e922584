// SPDX-License-Identifier: Apache-2.0
package import PosternControl

/// The newest events, for operators who may not read the audit's file and for those who follow.
///
/// Events have places that count up from zero. Whoever reads slower than they come finds his place forgotten: nobody is waited for.
package struct EventMemory: Sendable {
  /// Most take a few hundred bytes.
  package static let limit = 2048

  /// A ring once it is full: the event of place `p` stands at `p % limit`.
  private var records: [AuditRecord] = []
  /// The place that the next event gets.
  package private(set) var end: UInt64 = 0

  package init() {}

  /// The place of the oldest event that is still known.
  package var start: UInt64 { end - UInt64(records.count) }

  package mutating func remember(_ record: AuditRecord) {
    if records.count < Self.limit {
      records.append(record)
    } else {
      records[Int(end % UInt64(Self.limit))] = record
    }
    end += 1
  }

  /// Nil for a place that is forgotten or not yet taken.
  package subscript(place: UInt64) -> AuditRecord? {
    guard place >= start, place < end else { return nil }
    return records[Int(place % UInt64(Self.limit))]
  }

  /// The lines of the events in `places` that pass.
  package func lines(_ places: Range<UInt64>, _ filter: EventFilter) -> [UInt8] {
    places.compactMap { self[$0] }.filter { $0.passes(filter) }.flatMap(\.json)
  }

  /// Where a reader of `query` begins, so that no more than the wanted number of matching events comes.
  package func first(of query: EventQuery) -> UInt64 {
    guard let last = query.last else { return start }
    var place = end
    var wanted = last
    while place > start, wanted > 0 {
      place -= 1
      if self[place]?.passes(query.filter) == true { wanted -= 1 }
    }
    return place
  }
}
