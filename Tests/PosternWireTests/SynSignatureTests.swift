// SPDX-License-Identifier: Apache-2.0
import PosternWire
import Testing

/// What a SYN's headers read as, in p0f 3's raw form.
@Suite struct SynSignatureTests {
  private static let linux: [UInt8] = [2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7]

  private static func builder(_ source: String = "192.0.2.7", _ gateway: String = "192.0.2.1") -> PacketBuilder? {
    guard let source = IPAddress(source), let gateway = IPAddress(gateway) else { return nil }
    var builder = PacketBuilder(from: source, to: gateway)
    builder?.dontFragment = true
    builder?.identification = 7
    builder?.hopLimit = 60
    return builder
  }

  private func signature(_ packet: [UInt8]?) -> String? {
    try? packet?.withBytes { (bytes) throws(PacketFlaw) in SynSignature(try PacketView(bytes))?.description }
  }

  private func syn(
    _ options: [UInt8] = linux, flags: TCPHeader.Flags = .syn, sequence: UInt32 = 1, acknowledgement: UInt32 = 0,
    window: UInt16 = 64240, urgent: UInt16 = 0, payload: [UInt8] = [], _ change: (inout PacketBuilder) -> Void = { _ in }
  ) -> String? {
    guard var builder = Self.builder() else { return nil }
    change(&builder)
    return signature(
      builder.tcp(
        from: 1, to: 22, flags: flags, sequence: sequence, acknowledgement: acknowledgement, window: window,
        urgentPointer: urgent,
        options: options, payload: payload))
  }

  @Test func aSynOfLinux() {
    #expect(syn() == "4:60+4:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0")
  }

  @Test func overIPv6() {
    let packet = Self.builder("fd77::2", "fd77::1")?.tcp(from: 1, to: 22, flags: .syn, sequence: 1, options: Self.linux)
    #expect(signature(packet) == "6:60+4:0:1460:mss*44,7:mss,sok,ts,nop,ws::0")
  }

  @Test(arguments: [
    (TCPHeader.Flags.syn.union(.ack)), .ack, .syn.union(.rst), .syn.union(.fin), [],
  ]) func whatOpensNoFlowHasNone(_ flags: TCPHeader.Flags) {
    #expect(syn(flags: flags) == nil)
  }

  @Test func otherTransportsHaveNone() {
    #expect(signature(Self.builder()?.udp(from: 1, to: 22, payload: [])) == nil)
  }

  /// What each oddity of a header is called, and where numbers go.
  @Test func fields() {
    let rest = "mss,sok,ts,nop,ws"
    #expect(syn { $0.dontFragment = false } == "4:60+4:0:1460:mss*44,7:\(rest)::0")
    #expect(
      syn {
        $0.dontFragment = false
        $0.identification = 0
      } == "4:60+4:0:1460:mss*44,7:\(rest):id-:0")
    #expect(syn { $0.identification = 0 } == "4:60+4:0:1460:mss*44,7:\(rest):df:0")
    #expect(syn { $0.hopLimit = 65 } == "4:65+63:0:1460:mss*44,7:\(rest):df,id+:0")
    #expect(syn { $0.hopLimit = 255 } == "4:255+0:0:1460:mss*44,7:\(rest):df,id+:0")
    #expect(syn { $0.options = [1, 1, 1] } == "4:60+4:4:1460:mss*44,7:\(rest):df,id+:0")
    #expect(syn(sequence: 0) == "4:60+4:0:1460:mss*44,7:\(rest):df,id+,seq-:0")
    #expect(syn(acknowledgement: 9) == "4:60+4:0:1460:mss*44,7:\(rest):df,id+,ack+:0")
    #expect(syn(urgent: 9) == "4:60+4:0:1460:mss*44,7:\(rest):df,id+,uptr+:0")
    #expect(syn(flags: [.syn, .urg, .psh, .ece, .cwr]) == "4:60+4:0:1460:mss*44,7:\(rest):df,id+,ecn,urgf+,pushf+:0")
    #expect(syn(window: 64241) == "4:60+4:0:1460:64241,7:\(rest):df,id+:0")
    #expect(syn(payload: [1]) == "4:60+4:0:1460:mss*44,7:\(rest):df,id+:+")
  }

  @Test(
    arguments: [
      ([], "0:64240,0::"), ([2, 4, 5, 0xb4], "1460:mss*44,0:mss:"), ([1, 1, 1, 0], "0:64240,0:nop,nop,nop,eol+0:"),
      ([1, 0, 0, 0], "0:64240,0:nop,eol+2:"), ([1, 0, 0, 7], "0:64240,0:nop,eol+2:opt+"),
      ([3, 3, 15, 1], "0:64240,15:ws,nop:exws"), ([254, 4, 1, 1], "0:64240,0:?254:"),
      ([8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], "0:64240,0:ts,nop,nop:ts1-"),
      ([8, 10, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1], "0:64240,0:ts,nop,nop:ts2+"),
      // Lengths that lie.
      ([2, 3, 5, 1], "0:64240,0:mss:bad"), ([2, 0, 5, 1], "0:64240,0:mss:bad"), ([4, 200, 1, 1], "0:64240,0:sok:bad"),
      ([1, 1, 1, 2], "0:64240,0:nop,nop,nop,mss:bad"), ([254, 1, 1, 1], "0:64240,0:?254:bad"),
    ] as [([UInt8], String)])
  func options(_ options: [UInt8], _ middle: String) {
    let quirks = middle.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    let fields = middle.dropLast(quirks.count) + "df,id+" + (quirks.isEmpty ? "" : ",\(quirks)")
    #expect(syn(options) == "4:60+4:0:\(fields):0")
  }

  @Test func moreOptionsThanAnybodySends() {
    #expect(syn(Array(repeating: 1, count: TCPOptionLayout.limit)) != nil)
    #expect(syn(Array(repeating: 1, count: TCPOptionLayout.limit + 4)) == nil)
  }

  @Test(arguments: ["", "mss", "mss,nop,ws,nop,nop,ts,sok,eol+1", "?254,sack", "nop,eol+0"]) func layoutsRead(_ text: String) {
    #expect(TCPOptionLayout(text)?.description == text)
  }

  @Test(arguments: [
    ",", "mss,", "MSS", "eol", "eol+", "eol+256", "eol+1,nop", "eol++1", "?+99", "?", "?0", "?1", "?256", "nop nop",
    Array(repeating: "nop", count: TCPOptionLayout.limit + 1).joined(separator: ","),
  ]) func otherLayoutsDoNot(_ text: String) {
    #expect(TCPOptionLayout(text) == nil)
  }

  @Test func quirksRead() {
    let all = "df,id+,id-,ecn,0+,flow,seq-,ack+,ack-,uptr+,urgf+,pushf+,ts1-,ts2+,opt+,exws,bad"
    #expect(SynQuirks(all)?.description == all && SynQuirks("") == [])
    for text in [",", "df,df", "df,", "DF", "odd"] { #expect(SynQuirks(text) == nil) }
  }
}
