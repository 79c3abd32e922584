// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

/// The hours of the week that a configuration names, each only once: thousands of users may share theirs.
final class Calendars {
  private let world: World
  private let complaints: Complaints
  private(set) var all: [WeekHours] = []
  private var places: [WeekHours: Int] = [:]
  /// By name; nil for a zone that was complained about.
  private var zones: [String: LocalTime?] = [:]

  init(_ world: World, _ complaints: Complaints) {
    self.world = world
    self.complaints = complaints
  }

  /// Nil where there are no hours, and after a complaint.
  func place(of hours: Configuration.Hours?) -> Int? {
    guard let hours, let zone = zone(hours.zone), let week = WeekHours(spans: hours.spans, zone: zone) else { return nil }
    if let place = places[week] { return place }
    if all.count == TableLimits.calendars {
      complaints.add("there are more than \(TableLimits.calendars) different \"hours\"", at: hours.position)
    }
    places[week] = all.count
    all.append(week)
    return all.count - 1
  }

  private func zone(_ name: Located<String>?) -> LocalTime? {
    guard let name, name.value != "UTC" else { return .utc }
    if let known = zones[name.value] { return known }
    let zone = read(name)
    zones[name.value] = zone
    return zone
  }

  private func read(_ name: Located<String>) -> LocalTime? {
    do {
      guard let zone = ZoneFile(try world.zone(name.value))?.localTime(from: world.now) else {
        complaints.add("the rules of time zone \(name.value.quoted) make no sense", at: name.position)
        return nil
      }
      return zone
    } catch {
      complaints.add("there are no rules of time zone \(name.value.quoted): \("\(error)".printable)", at: name.position)
      return nil
    }
  }
}
