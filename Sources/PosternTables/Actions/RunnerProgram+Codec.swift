// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension RunnerProgram {
  init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      name: try reader.name(),
      words: try reader.list(1...TableLimits.actionWords) { (reader) throws(WireError) in try Word(&reader) },
      account: try Account(&reader), directory: try reader.text(1...TableLimits.pathBytes),
      environment: try reader.list(0...TableLimits.actionVariables) { (reader) throws(WireError) in
        try reader.text(1...TableLimits.actionTextBytes)
      },
      input: try reader.list(0...TableLimits.actionInputLines) { (reader) throws(WireError) in
        try reader.text(0...TableLimits.actionTextBytes)
      },
      timeout: try reader.number(in: TableLimits.actionTimeouts), atOnce: try reader.number(in: TableLimits.actionsAtOnce),
      service: try reader.optional { (reader) throws(WireError) in try ActionService(&reader) })
    guard case .text(let path)? = words.first, path.hasPrefix("/"), directory.hasPrefix("/") else { throw .malformed }
    guard environment.allSatisfy({ $0.contains("=") }) else { throw .malformed }
  }

  func put(to writer: inout WireWriter) {
    writer.name(name)
    writer.list(words) { $1.put(to: &$0) }
    account.put(to: &writer)
    writer.text(directory)
    writer.list(environment) { $0.text($1) }
    writer.list(input) { $0.text($1) }
    writer.u32(timeout)
    writer.u32(atOnce)
    writer.optional(service) { $1.put(to: &$0) }
  }
}

extension RunnerProgram.Word {
  /// Of a text; values have tags of their own.
  private static let text: UInt8 = 0

  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    let tag = try reader.u8()
    guard tag != Self.text else {
      self = .text(try reader.text(0...TableLimits.actionTextBytes))
      return
    }
    guard let value = ActionValue(rawValue: tag) else { throw .malformed }
    self = .value(value)
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .text(let text):
      writer.u8(Self.text)
      writer.text(text)
    case .value(let value): writer.u8(value.rawValue)
    }
  }
}

extension RunnerProgram.Account {
  private enum Tag: UInt8 {
    case runner, named
  }

  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let tag = Tag(rawValue: try reader.u8()) else { throw .malformed }
    switch tag {
    case .runner:
      self = .runner(try reader.optional { (reader) throws(WireError) in try RunnerProgram.Identity(&reader) })
    case .named: self = .named(try RunnerProgram.Identity(&reader))
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .runner(let identity):
      writer.u8(Tag.runner.rawValue)
      writer.optional(identity) { $1.put(to: &$0) }
    case .named(let identity):
      writer.u8(Tag.named.rawValue)
      identity.put(to: &writer)
    }
  }
}

extension RunnerProgram.Identity {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      user: try reader.u32(), group: try reader.u32(),
      groups: try reader.list(0...TableLimits.actionGroups) { (reader) throws(WireError) in try reader.u32() })
    // -1 leaves an id as it is in setresuid(2).
    guard user != .max, group != .max, !groups.contains(.max) else { throw .malformed }
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u32(user)
    writer.u32(group)
    writer.list(groups) { $0.u32($1) }
  }
}

extension ActionService {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let style = Style(rawValue: try reader.u8()), let transport = Transport(rawValue: try reader.u8()) else {
      throw .malformed
    }
    let address = try reader.optional { (reader) throws(WireError) in try reader.address() }
    guard let port = Port(try reader.u16()), transport == .tcp || style != .nowait else { throw .malformed }
    self.init(style: style, transport: transport, address: address, port: port)
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.u8(style.rawValue)
    writer.u8(transport.rawValue)
    writer.optional(address) { $0.address($1) }
    writer.u16(port.number)
  }
}
