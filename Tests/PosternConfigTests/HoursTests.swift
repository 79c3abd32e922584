// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// `hours` and `zone`: the text, and which calendar of the tables they become.
@Suite struct HoursTests {
  @Test(arguments: [
    ("mon", [0..<1440]),
    ("mon 00:00-24:00", [0..<1440]),
    ("tue-thu 08:30-18:00", [1950..<2520, 3390..<3960, 4830..<5400]),
    ("sat,sun 10:00-14:00", [7800..<8040, 9240..<9480]),
    ("fri 22:00-02:00", [7080..<7320]),
    ("sun 22:00-02:00", [9960..<10_080, 0..<120]),
    ("sun-mon", [8640..<10_080, 0..<1440]),
    ("wed-wed", [2880..<4320]),
  ])
  func minutesOfTheWeek(_ text: String, _ spans: [Range<UInt16>]) {
    #expect(HoursText.spans(text) == spans)
  }

  @Test(arguments: [
    "", " ", "mon ", " mon", "Mon", "monday", "mon-", "mon,,tue", "mon-tue-wed", "mon 8:00-9:00", "mon 08:00", "mon 08:00-08:00",
    "mon 24:00-01:00", "mon 08:00-24:01", "mon 08:60-09:00", "mon 08:00-25:00", "mon 08:00-09:00 x", "mon  08:00-09:00",
  ])
  func otherTexts(_ text: String) {
    #expect(HoursText.spans(text) == nil)
  }

  @Test func spansThatTouchAreOne() {
    #expect(HoursText.merged([600..<700, 0..<10, 10..<20, 650..<800]) == [0..<20, 600..<800])
  }

  private static let hours = "hours = [\"mon-fri 08:00-18:00\", \"mon 17:00-19:00\"]\n"

  private static func text(door: String = "", user: String = "", key: String = "") -> String {
    """
    version = 1
    [gateway]
    key = "gateway.key"
    [doors.ssh]
    ports = ["tcp/22"]
    \(door)[users.alice]
    doors = ["ssh"]
    \(user)[users.alice.keys.a]
    public = "\(Samples.key1)"
    psk = "alice-laptop.psk"
    \(key)
    """
  }

  @Test func equalHoursAreOneCalendar() throws {
    let text = Self.text(door: Self.hours, user: "hours = [\"sat\"]\nzone = \"UTC\"\n", key: Self.hours)
    let tables = try Samples.configuration(text).compiled(with: Samples.world())
    let week: [Range<UInt16>] = [480..<1140, 1920..<2520, 3360..<3960, 4800..<5400, 6240..<6840]
    for calendars in [tables.gate.calendars, tables.keeper.calendars] {
      #expect(Set(calendars.map(\.spans)) == [week, [7200..<8640]])
      #expect(calendars.count == 2)
    }
    let (door, user, key) = (tables.gate.doors.first?.hours, tables.gate.users.first?.hours, tables.gate.keys.first?.hours)
    #expect(door == key && door != user && door != nil && user != nil)
    #expect(door.map { tables.gate.calendars[$0].spans } == week)
  }

  @Test func noHoursAreAnyHour() throws {
    let tables = try Samples.configuration(Self.text()).compiled(with: Samples.world())
    #expect(tables.gate.calendars.isEmpty && tables.gate.keys.first?.hours == nil)
  }

  @Test(arguments: [
    ("zone = \"UTC\"\n", "\"zone\" is of no use without \"hours\""),
    ("hours = [\"mon 8-9\"]\n", "must be days and hours like"),
    ("hours = []\n", "\"hours\" must have 1 to 64 elements, not 0"),
    (hours + "zone = \"../passwd\"\n", "must be a time zone like"),
    (hours + "zone = \"Nowhere/Town\"\n", "there are no rules of time zone \"Nowhere/Town\": no such file"),
    (hours + "zone = \"Torn/File\"\n", "the rules of time zone \"Torn/File\" make no sense"),
  ])
  func complaints(_ door: String, _ words: String) {
    var world = Samples.world()
    world.zone = { name in
      guard name == "Torn/File" else { throw Samples.NoSuchFile() }
      return Array("TZif2".utf8)
    }
    let errors = Samples.compileErrors(Self.text(door: door), world)
    #expect(errors.contains(words), "\(errors)")
  }
}
