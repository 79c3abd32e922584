// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import Testing
import posternctl

@Suite struct EventLineTests {
  private let grant =
    #"{"seq":7,"run":"0000000000000001","boot":"00000002","time":"2027-01-15T08:00:00.000Z","event":"grant","user":"alice","#
    + #""key":"laptop","door":"ssh","lease":"0123456789abcdef","elements":["192.0.2.7 tcp/22"],"seconds":30}"#

  @Test func inWords() throws {
    #expect(
      try #require(EventLine(grant)).text
        == "2027-01-15T08:00:00.000Z  grant            alice/laptop  ssh  elements=192.0.2.7 tcp/22  lease=0123456789abcdef  seconds=30"
    )
    let alarm = #"{"time":"2027-01-15T08:00:00.000Z","event":"alarm","reason":"bad \#u{5C}u001b[31m"}"#
    #expect(try #require(EventLine(alarm)).text == "2027-01-15T08:00:00.000Z  alarm            reason=bad [31m")
  }

  @Test func whatIsNoEvent() {
    for text in ["", "{}", #"{"event":"grant"}"#, #"{"time":"x"}"#, "[]"] { #expect(EventLine(text) == nil) }
  }

  @Test func filters() throws {
    let line = try #require(EventLine(grant))
    let start = try #require(Timestamp(rfc3339: "2027-01-15T08:00:00Z"))
    #expect(line.passes(EventFilter()))
    #expect(line.passes(EventFilter(user: Name("alice"), door: Name("ssh"), kinds: [.grant], since: start)))
    #expect(!line.passes(EventFilter(user: Name("bob"))) && !line.passes(EventFilter(kinds: [.stop])))
    #expect(!line.passes(EventFilter(since: start + .seconds(1))))
    let strange = try #require(EventLine(#"{"time":"some day","event":"party"}"#))
    #expect(strange.passes(EventFilter()) && !strange.passes(EventFilter(kinds: [.grant])))
  }
}
