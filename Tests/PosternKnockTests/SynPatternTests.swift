// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire
import Testing

@Suite struct SynPatternTests {
  @Test(arguments: [
    "*:64:0:*:mss*44,*:mss,sok,ts,nop,ws:df,id+:0", "4:128:0:1460:8192,2:mss,nop,ws,nop,nop,sok:df,id+:*",
    "6:64-:8:*:mtu*3,0:::+", "*:255:4:0:%8192,14:mss,eol+1:bad:0", "*:32:0:*:*,*:?254:id-:0",
  ]) func oneFormEach(_ text: String) {
    #expect(SynPattern(text)?.description == text)
  }

  @Test func whatWasSeenIsAPatternToo() {
    #expect(
      SynPattern("4:57+7:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0")?.description
        == "4:64:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0")
  }

  @Test(arguments: [
    "", ":", "*:64:0:*:mss*44,7:mss:df", "*:64:0:*:mss*44,7:mss:df:0:", "5:64:0:*:*,*:mss:df:0", "*:0:0:*:*,*:mss:df:0",
    "*:256:0:*:*,*:mss:df:0", "*:200+100:0:*:*,*:mss:df:0", "*:-64:0:*:*,*:mss:df:0", "*:+64:0:*:*,*:mss:df:0",
    "*:64:*:*:*,*:mss:df:0",
    "*:64:0::*,*:mss:df:0", "*:64:0:65536:*,*:mss:df:0", "*:64:0:*:*:mss:df:0", "*:64:0:*:*,*,*:mss:df:0",
    "*:64:0:*:mss*0,*:mss:df:0",
    "*:64:0:*:mss*,*:mss:df:0", "*:64:0:*:%0,*:mss:df:0", "*:64:0:*:65536,*:mss:df:0", "*:64:0:*:*,256:mss:df:0",
    "*:64:0:*:*,*:tsopt:df:0", "*:64:0:*:*,*:mss:dq:0", "*:64:0:*:*,*:mss:df:1", " *:64:0:*:*,*:mss:df:0",
  ]) func otherTexts(_ text: String) {
    #expect(SynPattern(text) == nil)
  }

  private static func syn(_ window: UInt16, size: UInt16 = 1460, over family: AddressFamily = .ipv4) throws -> SynSignature {
    let v4 = family == .ipv4
    let source = try #require(IPAddress(v4 ? "192.0.2.7" : "2001:db8::7"))
    let gateway = try #require(IPAddress(v4 ? "192.0.2.1" : "2001:db8::1"))
    let builder = try #require(PacketBuilder(from: source, to: gateway))
    let options: [UInt8] = [2, 4, UInt8(size >> 8), UInt8(size & 255), 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1]
    let packet = builder.tcp(from: 1, to: 22, flags: .syn, sequence: 1, window: window, options: options)
    return try #require(packet.withBytes { (bytes) throws(PacketFlaw) in SynSignature(try PacketView(bytes)) })
  }

  @Test(
    arguments: [
      ("*", 7, true), ("8192", 8192, true), ("8192", 8193, false), ("mss*4", 5840, true), ("mss*4", 5839, false),
      ("mss*4", 5792, true), ("mss*3", 5840, false), ("mtu*2", 3000, true), ("mtu*2", 2920, false), ("%4096", 12_288, true),
      ("%4096", 12_289, false),
    ] as [(String, UInt16, Bool)])
  func windows(_ text: String, _ window: UInt16, _ fits: Bool) throws {
    let pattern = try #require(SynPattern("*:64:0:*:\(text),*:mss,ts,nop,nop:id-:0"))
    #expect(try pattern.fits(Self.syn(window)) == fits)
  }

  /// Anybody sends a SYN with the largest numbers there are.
  @Test(arguments: ["mtu*65535", "mss*65535"]) func theLargestNumbers(_ text: String) throws {
    let pattern = try #require(SynPattern("*:64:0:*:\(text),*:mss,ts,nop,nop:id-:0"))
    #expect(try !pattern.fits(Self.syn(.max, size: .max)))
  }

  @Test func whatOnlyIPv4Has() throws {
    let syn = try Self.syn(8192, over: .ipv6)
    #expect(try #require(SynPattern("*:64:0:*:*,*:mss,ts,nop,nop:df,id+:0")).fits(syn))
    #expect(try #require(SynPattern("6:64:0:*:*,*:mss,ts,nop,nop::0")).fits(syn))
    #expect(try !#require(SynPattern("6:64:0:*:*,*:mss,ts,nop,nop:flow:0")).fits(syn))
    #expect(try !#require(SynPattern("6:64:0:*:*,*:mss,ts,nop,nop:df:0")).fits(syn))
    #expect(try !#require(SynPattern("4:64:0:*:*,*:mss,ts,nop,nop::0")).fits(syn))
    #expect(try SynPattern("*:64:0:*:mtu*2,*:mss,ts,nop,nop::0")?.fits(Self.syn(3000, size: 1440, over: .ipv6)) == true)
  }
}
