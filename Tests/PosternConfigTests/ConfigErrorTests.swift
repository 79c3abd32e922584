// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import Testing

@Suite struct ConfigErrorTests {
  /// The minimal example with one text replaced, and the error that this makes.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let old: String
    let new: String
    let error: String
    var testDescription: String { name }

    init(_ name: String, _ old: String, _ new: String, _ error: String) {
      self.name = name
      self.old = old
      self.new = new
      self.error = error
    }
  }

  // Lines of the minimal example: 1 version, 2 gateway, 3 key, 4 doors.ssh, 5 ports, 6 users.alice, 7 doors, 8 laptop, 9 public, 10 psk.
  static let ports = "ports = [\"tcp/22\"]"
  static let userDoors = "doors = [\"ssh\"]"
  static let gatewayKey = "key = \"gateway.key\""
  static let psk = "psk = \"alice-laptop.psk\""
  static let end = "alice-laptop.psk\""

  static let top: [Case] = [
    Case("not TOML", "version = 1", "version = ", "p.toml:1:11: Error while parsing key-value pair: expected value, saw '\\n'"),
    Case(
      "duplicate key", ports, "\(ports)\n\(ports)",
      "p.toml:6:9: Error while parsing key-value pair: cannot redefine existing array 'ports'"),
    Case("missing version", "version = 1", "", "p.toml:1:1: missing key \"version\""),
    Case("other version", "version = 1", "version = 2", "p.toml:1:11: version 2 is unknown; this program reads version 1"),
    Case(
      "version of another type", "version = 1", "version = \"1\"", "p.toml:1:11: \"version\" must be an integer, not a string"),
    Case(
      "unknown section", "[doors.ssh]", "[capturing]\n[doors.ssh]",
      "p.toml:4:2: unknown key \"capturing\"; did you mean \"capture\"?"),
    Case(
      "section that is no table", "version = 1", "version = 1\ncapture = 5",
      "p.toml:2:11: \"capture\" must be a table, not an integer"),
    Case("hopeless key is not guessed", "version = 1", "version = 1\nzzzzzzzz = 1", "p.toml:2:1: unknown key \"zzzzzzzz\""),
    Case(
      "key with control characters", "version = 1", "version = 1\n\"\\u001b[1m\" = 1", "p.toml:2:1: unknown key \"\\u{1b}[1m\""),
  ]

  static let gateway: [Case] = [
    Case("no gateway key", gatewayKey, "", "p.toml:2:1: missing key \"key\" or \"keys\" in [gateway]"),
    Case(
      "both key and keys", gatewayKey, "\(gatewayKey)\nkeys = [{ file = \"x\" }]",
      "p.toml:4:1: \"key\" and \"keys\" exclude each other"),
    Case(
      "three keys", gatewayKey, "keys = [{ file = \"x\" }, { file = \"y\" }, { file = \"z\" }]",
      "p.toml:3:8: \"keys\" must have 1 to 2 elements, not 3"),
    Case(
      "key entry without file", gatewayKey, "keys = [{ until = 2027-01-01T00:00:00Z }]",
      "p.toml:3:9: missing key \"file\" in [gateway.keys]"),
    Case("key entry that is no table", gatewayKey, "keys = [\"x\"]", "p.toml:3:9: \"keys\" must be a table, not a string"),
    Case(
      "time with offset", gatewayKey, "keys = [{ file = \"x\", until = 2027-01-01T00:00:00+01:00 }]",
      "p.toml:3:31: \"until\" must be a UTC time like \"2027-01-01T00:00:00Z\", not \"2027-01-01T00:00:00+01:00\""),
    Case(
      "local time", gatewayKey, "keys = [{ file = \"x\", until = 2027-01-01T00:00:00 }]",
      "p.toml:3:31: \"until\" must be a UTC time like \"2027-01-01T00:00:00Z\", not \"2027-01-01T00:00:00\""),
    Case("empty path", gatewayKey, "key = \"\"", "p.toml:3:7: \"key\" must be a path of 1 to 4095 bytes, not \"\""),
    Case(
      "clock word", gatewayKey, "\(gatewayKey)\nclock = \"sync\"",
      "p.toml:4:9: \"clock\" must be \"synchronised\" or \"trusted\", not \"sync\""),
    Case(
      "admission of another type", gatewayKey, "\(gatewayKey)\nadmission = 1",
      "p.toml:4:13: \"admission\" must be a string, not an integer"),
  ]

  static let places: [Case] = [
    Case("no groups", end, "\(end)\n[capture]\ngroups = []", "p.toml:12:10: \"groups\" must have 1 to 16 elements, not 0"),
    Case(
      "17 groups", end, "\(end)\n[capture]\ngroups = [\((0...16).map(String.init).joined(separator: ","))]",
      "p.toml:12:10: \"groups\" must have 1 to 16 elements, not 17"),
    Case(
      "group out of range", end, "\(end)\n[capture]\ngroups = [65536]",
      "p.toml:12:11: \"groups\" must be between 0 and 65535, not 65536"),
    Case("group twice", end, "\(end)\n[capture]\ngroups = [5, 6, 5]", "p.toml:12:17: \"groups\" names \"5\" twice"),
    Case(
      "group of another type", end, "\(end)\n[capture]\ngroups = [\"5\"]",
      "p.toml:12:11: \"groups\" must hold integers, not a string"),
    Case(
      "groups not an array", end, "\(end)\n[capture]\ngroups = 5", "p.toml:12:10: \"groups\" must be an array, not an integer"),
    Case("no queues", end, "\(end)\n[capture]\nqueues = []", "p.toml:12:10: \"queues\" must have 1 to 4 elements, not 0"),
    Case(
      "queue out of range", end, "\(end)\n[capture]\nqueues = [65536]",
      "p.toml:12:11: \"queues\" must be between 0 and 65535, not 65536"),
    Case(
      "socket too long", end, "\(end)\n[control]\nsocket = \"\(String(repeating: "x", count: 108))\"",
      "p.toml:12:10: \"socket\" must be a path of 1 to 107 bytes, not \"\(String(repeating: "x", count: 108))\""),
    Case(
      "NUL in a path", end, "\(end)\n[state]\ndirectory = \"/a\\u0000b\"",
      "p.toml:12:13: \"directory\" must be a path of 1 to 4095 bytes, not \"/a\\u{0}b\""),
    Case(
      "journal of another kind", end, "\(end)\n[audit]\njournal = \"yes\"",
      "p.toml:12:11: \"journal\" must be true, false, \"auto\" or an absolute path, not \"yes\""),
    Case(
      "group of another kind", end, "\(end)\n[control]\noperators = true",
      "p.toml:12:13: \"operators\" must be a string, not a boolean"),
    Case(
      "group out of range", end, "\(end)\n[control]\noperators = -1",
      "p.toml:12:13: \"operators\" must be a group's number, not -1"),
    Case(
      "group that is no name", end, "\(end)\n[control]\nviewers = \"a b\"",
      "p.toml:12:11: \"viewers\" must be the name of a group or its number, not \"a b\""),
    Case(
      "unknown key in audit", end, "\(end)\n[audit]\nfiles = \"x\"", "p.toml:12:1: unknown key \"files\"; did you mean \"file\"?"),
    Case(
      "burst of zero", end, "\(end)\n[limits]\nkey-burst = 0", "p.toml:12:13: \"key-burst\" must be between 1 and 1000000, not 0"),
    Case(
      "budget too large", end, "\(end)\n[limits]\ncurve-budget = 1000001",
      "p.toml:12:16: \"curve-budget\" must be between 1 and 1000000, not 1000001"),
    Case(
      "refill too long", end, "\(end)\n[limits]\nkey-refill = \"2h\"",
      "p.toml:12:14: \"key-refill\" must be between 1ms and 1h, not 2h"),
    Case(
      "refill of zero", end, "\(end)\n[limits]\nkey-refill = \"0s\"",
      "p.toml:12:14: \"key-refill\" must be between 1ms and 1h, not 0s"),
    Case(
      "refill without unit", end, "\(end)\n[limits]\nkey-refill = \"5\"",
      "p.toml:12:14: \"key-refill\" must be a duration like \"500ms\", \"5s\" or \"1m\", not \"5\""),
    Case(
      "float", end, "\(end)\n[limits]\ngrants-per-minute = 1.5",
      "p.toml:12:21: \"grants-per-minute\" must be an integer, not a float"),
  ]

  static let doors: [Case] = [
    Case(
      "name of a door", "[doors.ssh]", "[doors.SSH]\n\(ports)\n[doors.ssh]",
      "p.toml:4:8: \"SSH\" is not a name: a-z, 0-9, '.', '_', '-', at most 32"),
    Case(
      "door that is no table", "[doors.ssh]", "[doors]\nweb = 1\n[doors.ssh]",
      "p.toml:5:7: \"web\" must be a table, not an integer"),
    Case("missing ports", ports, "", "p.toml:4:1: missing key \"ports\" in [doors.ssh]"),
    Case("no ports", ports, "ports = []", "p.toml:5:9: \"ports\" must have 1 to 64 elements, not 0"),
    Case(
      "bad port", ports, "ports = [\"tcp/0\"]",
      "p.toml:5:10: \"ports\" must be a service like \"tcp/22\", \"tcp/8000-8010\" or \"esp\", not \"tcp/0\""),
    Case("port twice", ports, "ports = [\"tcp/22\", \"tcp/22\"]", "p.toml:5:20: \"ports\" names \"tcp/22\" twice"),
    Case("port as a number", ports, "ports = [22]", "p.toml:5:10: \"ports\" must be a string, not an integer"),
    Case(
      "unknown table family", ports, "\(ports)\ntable = \"bridge x\"",
      "p.toml:6:9: \"table\" must be a table like \"inet postern\", not \"bridge x\""),
    Case(
      "table without family", ports, "\(ports)\ntable = \"postern\"",
      "p.toml:6:9: \"table\" must be a table like \"inet postern\", not \"postern\""),
    Case(
      "set name", ports, "\(ports)\nset4 = \"a b\"",
      "p.toml:6:8: \"set4\" must be the name of a set, or a set like \"ip filter ssh\", not \"a b\""),
    Case(
      "no family", ports, "\(ports)\nset4 = \"\"\nset6 = \"\"",
      "p.toml:4:1: [doors.ssh] serves no family: \"set4\" and \"set6\" are empty"),
    Case(
      "one set for both", ports, "\(ports)\nset4 = \"x\"\nset6 = \"x\"",
      "p.toml:4:1: \"set4\" and \"set6\" name the same set \"x\""),
    Case(
      "blind table 6", ports, "\(ports)\ntable = \"ip x\"\nset6 = \"y\"", "p.toml:7:8: a table of family ip cannot serve \"set6\""
    ),
    Case(
      "blind table 4", ports, "\(ports)\ntable = \"ip6 x\"\nset4 = \"y\"",
      "p.toml:7:8: a table of family ip6 cannot serve \"set4\""),
    Case(
      "lease in milliseconds", ports, "\(ports)\nlease = \"500ms\"",
      "p.toml:6:9: \"lease\" must be a duration like \"30s\", \"5m\", \"1h\" or \"1d\", not \"500ms\""),
    Case("lease of zero", ports, "\(ports)\nlease = \"0s\"", "p.toml:6:9: \"lease\" must be between 1s and 1d, not 0s"),
    Case(
      "lease over longest", ports, "\(ports)\nlease = \"2h\"", "p.toml:6:9: \"lease\" is 2h, longer than the longest lease of 1h"),
    Case("hold too long", ports, "\(ports)\nhold = \"3s\"", "p.toml:6:8: \"hold\" must be between 1ms and 2s, not 3s"),
    Case("hold of nothing", ports, "\(ports)\nhold = \"0ms\"", "p.toml:6:8: \"hold\" must be between 1ms and 2s, not 0s"),
    Case(
      "longest over a day", ports, "\(ports)\nlongest = \"25h\"", "p.toml:6:11: \"longest\" must be between 1s and 1d, not 25h"),
    Case("lease as a number", ports, "\(ports)\nlease = 30", "p.toml:6:9: \"lease\" must be a string, not an integer"),
    Case(
      "unknown strength", ports, "\(ports)\nweakest = \"none\"",
      "p.toml:6:11: \"weakest\" must be \"authenticated\" or \"keyed\" or \"plain\", not \"none\""),
    Case(
      "weak without words", ports, "\(ports)\nweakest = \"keyed\"",
      "p.toml:6:11: a door this weak also needs: allow-weak = \"an observer can repeat these knocks\""),
    Case(
      "weak with other words", ports, "\(ports)\nweakest = \"plain\"\nallow-weak = \"yes\"",
      "p.toml:7:14: \"allow-weak\" must be exactly \"an observer can repeat these knocks\", not \"yes\""),
    Case(
      "words without weakness", ports, "\(ports)\nallow-weak = \"an observer can repeat these knocks\"",
      "p.toml:6:14: \"allow-weak\" means nothing without a \"weakest\" of \"keyed\" or \"plain\""),
    Case(
      "boolean as text", ports, "\(ports)\nlink-local = \"yes\"", "p.toml:6:14: \"link-local\" must be a boolean, not a string"),
    Case(
      "unknown key in a door", ports, "\(ports)\nlonges = \"1h\"", "p.toml:6:1: unknown key \"longes\"; did you mean \"longest\"?"
    ),
  ]

  static let keys: [Case] = [
    Case(
      "range the wrong way round", ports, "ports = [\"tcp/9-8\"]",
      "p.toml:5:10: \"ports\" must be a service like \"tcp/22\", \"tcp/8000-8010\" or \"esp\", not \"tcp/9-8\""),
    Case(
      "destination that is a network", ports, "\(ports)\ndestination = [\"10.0.0.0/8\"]",
      "p.toml:6:16: \"destination\" must be an address like \"10.0.0.5\" or \"fd00::5\", not \"10.0.0.0/8\""),
    Case(
      "destination twice", ports, "\(ports)\ndestination = [\"10.0.0.5\", \"10.0.0.5\"]",
      "p.toml:6:28: \"destination\" names \"10.0.0.5\" twice"),
    Case("no destination", ports, "\(ports)\ndestination = []", "p.toml:6:15: \"destination\" must have 1 to 64 elements, not 0"),
    Case(
      "unknown part of a key", ports, "\(ports)\nkey = [\"source-address\", \"saddr\"]",
      "p.toml:6:26: \"key\" must be \"source-address\" or \"destination-address\" or \"protocol\" or \"port\" or \"source-port\", "
        + "not \"saddr\""),
    Case(
      "one-shot door of two protocols", ports, "ports = [\"tcp/22\", \"udp/60001\"]\nonce = true",
      "p.toml:6:8: a one-shot door serves tcp alone or udp alone: their rules and sets differ"),
    Case(
      "sessions of another door", ports, "\(ports)\nsession4 = \"mine\"",
      "p.toml:6:12: \"session4\" means nothing without \"once = true\""),
    Case(
      "mark without a neighbour", "[doors.ssh]", "[sessions]\nmark-bit = 31\n[doors.ssh]",
      "p.toml:5:12: \"mark-bit\" must be between 0 and 30, not 31"),
    Case(
      "key without a source", ports, "\(ports)\nkey = [\"port\"]",
      "p.toml:6:7: \"key\" needs \"source-address\": without it a lease would admit everybody"),
    Case(
      "part twice", ports, "\(ports)\nkey = [\"source-address\", \"port\", \"port\"]",
      "p.toml:6:34: \"key\" names \"port\" twice"),
    Case(
      "range where the key has a port", ports, "ports = [\"tcp/8000-8010\"]\nkey = [\"source-address\", \"port\"]",
      "p.toml:6:7: its key has a port, and tcp/8000-8010 is a range: name each port, or leave the port to the rule"),
    Case(
      "destination of one family only", ports,
      "\(ports)\ndestination = [\"10.0.0.5\"]\nkey = [\"source-address\", \"destination-address\"]",
      "p.toml:7:7: its key has a destination address, and the door names no \"destination\" of its family"),
    Case("half the internet", ports, "\(ports)\nprefix4 = 7", "p.toml:6:11: \"prefix4\" must be between 8 and 32, not 7"),
    Case("prefix too long", ports, "\(ports)\nprefix6 = 129", "p.toml:6:11: \"prefix6\" must be between 16 and 128, not 129"),
    Case(
      "too many elements", ports, "ports = [\((1...33).map { "\"tcp/\($0)\"" }.joined(separator: ","))]",
      "p.toml:4:1: a lease of [doors.ssh] may have 66 elements, at most 64 are possible; name fewer \"ports\", or say with \"key\" what "
        + "the key of its sets is"),
    Case(
      "too many elements with a map",
      ports,
      "ports = [\((1...17).map { "\"tcp/\($0)\"" }.joined(separator: ","))]\n"
        + "forward4 = { map = \"ip nat m\", to = \"10.0.0.5\" }\nforward6 = { map = \"ip6 nat m\", to = \"fd00::5\" }",
      "p.toml:4:1: a lease of [doors.ssh] may have 68 elements, at most 64 are possible; name fewer \"ports\", or say with \"key\" what "
        + "the key of its sets is"),
    Case(
      "too many destinations",
      ports,
      "ports = [\"tcp/22\", \"tcp/23\"]\nset6 = \"\"\nkey = [\"source-address\", \"destination-address\", \"port\"]\ndestination = ["
        + (1...33).map { "\"10.0.0.\($0)\"" }.joined(separator: ",") + "]",
      "p.toml:4:1: a lease of [doors.ssh] may have 66 elements, at most 64 are possible"),
    Case(
      "one set, two masks", ports, "\(ports)\nprefix4 = 24\n[doors.web]\n\(ports)\nset6 = \"\"",
      "p.toml:7:8: this door and ssh share the set inet postern door4 and must have the same \"prefix4\" and \"key\""),
    Case(
      "one set, two keys", ports, "\(ports)\n[doors.web]\n\(ports)\nset4 = \"\"\nkey = [\"port\", \"source-address\"]",
      "p.toml:6:8: this door and ssh share the set inet postern door6 and must have the same \"prefix6\" and \"key\""),
    Case(
      "one-shot door that forwards", ports, "\(ports)\nonce = true\nforward4 = { map = \"ip nat m\", to = \":22\" }",
      "p.toml:6:8: a one-shot door cannot lead flows elsewhere"),
    Case(
      "forward without a map", ports, "\(ports)\nforward4 = { to = \"10.0.0.5\" }",
      "p.toml:6:12: missing key \"map\" in [doors.ssh.forward4]"),
    Case(
      "forward to a name", ports, "\(ports)\nforward4 = { map = \"ip nat m\", to = \"host:22\" }",
      "p.toml:6:37: \"to\" must be a target like \"10.0.0.5\", \"10.0.0.5:22\", \"[fd00::5]:22\" or \":2222\", not \"host:22\""),
    Case(
      "forward to nowhere", ports, "\(ports)\nforward4 = { map = \"ip nat m\", to = \"0.0.0.0\" }",
      "p.toml:6:37: \"to\" must be a target like \"10.0.0.5\", \"10.0.0.5:22\", \"[fd00::5]:22\" or \":2222\", not \"0.0.0.0\""),
    Case(
      "forward to the other family", ports, "\(ports)\nforward6 = { map = \"inet nat m\", to = \"10.0.0.5:22\" }",
      "p.toml:6:39: \"10.0.0.5\" is no IPv6 address"),
    Case(
      "map of a table that is blind", ports, "\(ports)\nforward6 = { map = \"ip nat m\", to = \":22\" }",
      "p.toml:6:20: a table of family ip cannot serve \"forward6\""),
    Case(
      "map that is a set", ports, "\(ports)\nforward4 = { map = \"inet postern door4\", to = \":22\" }",
      "p.toml:4:8: inet postern door4 cannot be a map and a door's set"),
    Case(
      "forward without a set", ports, "\(ports)\nset6 = \"\"\nforward6 = { map = \"inet nat m\", to = \":22\" }",
      "p.toml:7:1: \"forward6\" needs a \"set6\" that lets the flows pass"),
    Case(
      "two ports that end at one", ports,
      "ports = [\"tcp/22\", \"tcp/23\"]\nforward4 = { map = \"ip nat m\", to = \"10.0.0.5:22\" }",
      "p.toml:4:1: \"forward4\" leads to one port, so \"ports\" of [doors.ssh] must name one, too"),
    Case(
      "one map, two kinds of targets", ports,
      "\(ports)\nforward4 = { map = \"ip nat m\", to = \"10.0.0.5:22\" }\n[doors.web]\n\(ports)\nforward4 = { map = \"ip nat m\", to = \"10.0.0.6\" }",
      "p.toml:7:8: this door and ssh share the map ip nat m and must lead to targets of one kind, under one prefix"),
    Case(
      "set of a table that is blind", ports, "\(ports)\nset4 = \"ip6 filter ssh\"",
      "p.toml:6:8: a table of family ip6 cannot serve \"set4\""),
    Case(
      "set of an unknown family", ports, "\(ports)\nset4 = \"bridge filter ssh\"",
      "p.toml:6:8: \"set4\" must be the name of a set, or a set like \"ip filter ssh\", not \"bridge filter ssh\""),
  ]

  static let users: [Case] = [
    Case("missing doors", userDoors, "", "p.toml:6:1: missing key \"doors\" in [users.alice]"),
    Case("misspelt doors", userDoors, "\(userDoors)\ndors = []", "p.toml:8:1: unknown key \"dors\"; did you mean \"doors\"?"),
    Case("no doors", userDoors, "doors = []", "p.toml:7:9: \"doors\" must have 1 to 1024 elements, not 0"),
    Case("unknown door", userDoors, "doors = [\"sssh\"]", "p.toml:7:10: unknown door \"sssh\"; did you mean \"ssh\"?"),
    Case("door twice", userDoors, "doors = [\"ssh\", \"ssh\"]", "p.toml:7:17: \"doors\" names \"ssh\" twice"),
    Case(
      "default not a door of the user", userDoors, "\(userDoors)\ndefault = \"sh\"",
      "p.toml:8:11: \"default\" is \"sh\", which is none of \"doors\"; did you mean \"ssh\"?"),
    Case(
      "user's longest", userDoors, "\(userDoors)\nlongest = \"2d\"", "p.toml:8:11: \"longest\" must be between 1s and 1d, not 2d"),
    Case(
      "source with host bits", userDoors, "\(userDoors)\nsources = [\"192.0.2.1/24\"]",
      "p.toml:8:12: \"sources\" must be a network like \"192.0.2.0/24\", not \"192.0.2.1/24\""),
    Case("no sources", userDoors, "\(userDoors)\nsources = []", "p.toml:8:11: \"sources\" must have 1 to 256 elements, not 0"),
    Case(
      "ends before it begins", userDoors, "\(userDoors)\nnot-before = 2027-01-01T00:00:00Z\nnot-after = \"2027-01-01T00:00:00Z\"",
      "p.toml:9:13: \"not-after\" must be later than \"not-before\""),
    Case(
      "no such day", userDoors, "\(userDoors)\nnot-after = \"2027-02-29T00:00:00Z\"",
      "p.toml:8:13: \"not-after\" must be a UTC time like \"2027-01-01T00:00:00Z\", not \"2027-02-29T00:00:00Z\""),
    Case(
      "name of a user", "[users.alice]", "[users.Al]\n\(userDoors)\n[users.alice]",
      "p.toml:6:8: \"Al\" is not a name: a-z, 0-9, '.', '_', '-', at most 32"),
    Case(
      "name of a key", psk, "\(psk)\n[users.alice.keys.\"my phone\"]\npublic = \"\(Samples.key2)\"\n\(psk)",
      "p.toml:11:19: \"my phone\" is not a name: a-z, 0-9, '.', '_', '-', at most 32"),
    Case("missing public", "public = \"\(Samples.key1)\"", "", "p.toml:8:1: missing key \"public\" in [users.alice.keys.laptop]"),
    Case("short public", Samples.key1, "AAAA", "p.toml:9:10: \"public\" must be 32 bytes in base64, not \"AAAA\""),
    Case("zero public", Samples.key1, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "p.toml:9:10: the public key is all zeros"),
    Case("no psk", psk, "", "p.toml:8:1: missing key \"psk\" or \"psk-none\" in [users.alice.keys.laptop]"),
    Case("both psk and none", psk, "psk-none = true\n\(psk)", "p.toml:11:1: \"psk\" and \"psk-none\" exclude each other"),
    Case("psk-none false", psk, "psk-none = false", "p.toml:10:12: \"psk-none\" must be true or left out"),
    Case(
      "public key twice", psk, "\(psk)\n[users.bob]\n\(userDoors)\n[users.bob.keys.pc]\npublic = \"\(Samples.key1)\"\n\(psk)",
      "p.toml:14:10: this public key is already that of alice/laptop"),
    Case(
      "unknown key in a key", psk, "\(psk)\nnotafter = 1", "p.toml:11:1: unknown key \"notafter\"; did you mean \"not-after\"?"),
  ]

  @Test(arguments: [top, gateway, places, doors, keys, users].flatMap { $0 }) func rendered(_ each: Case) throws {
    #expect(Samples.minimal.contains(each.old))
    #expect(Samples.errors(Samples.minimal.replacing(each.old, with: each.new)) == each.error)
  }

  @Test func allErrorsInTheOrderOfTheText() {
    let text = Samples.minimal.replacing("version = 1", with: "version = 2").replacing("tcp/22", with: "x").replacing(
      "psk = ", with: "psk = 1 #")
    #expect(
      Samples.errors(text) == """
        p.toml:1:11: version 2 is unknown; this program reads version 1
        p.toml:5:10: "ports" must be a service like "tcp/22", "tcp/8000-8010" or "esp", not "x"
        p.toml:10:7: "psk" must be a string, not an integer
        """)
  }

  @Test func noMoreThanTwentyErrors() throws {
    let text = Samples.minimal + "\n" + (1...25).map { "zz\($0) = 1" }.joined(separator: "\n")
    let failure = try #require(throws: ConfigFailure.self) { try Samples.configuration(text) }
    #expect(failure.errors.count == 20 && failure.omitted == 5)
    #expect(failure.description.hasSuffix("\nand 5 more errors"))
    #expect(failure.errors.first?.line == 11 && failure.errors.first?.column == 1 && failure.errors.first?.file == "p.toml")
  }

  @Test func emptyTextNamesWhatIsMissing() {
    #expect(
      Samples.errors("") == """
        p.toml:1:1: missing key "version"
        p.toml:1:1: missing key "key" or "keys" in [gateway]
        """)
  }

  @Test func doorsAreCounted() {
    let doors = (0..<1024).map { "[doors.d\($0)]\nports = [\"tcp/1\"]" }.joined(separator: "\n")
    let expected = "p.toml:4:1: [doors] holds 1025 tables, at most 1024 are possible"
    #expect(Samples.errors(Samples.minimal + "\n" + doors) == expected)
  }
}
