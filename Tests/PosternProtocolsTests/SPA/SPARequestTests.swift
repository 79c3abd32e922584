// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct SPARequestTests {
  private func request(_ action: Knock.Action, _ ipv4: AddressClaim<IPv4Address>, totp: UInt32?) -> SPARequest? {
    SPARequest(action: action, door: nil, ipv4: ipv4, ipv6: .none, wishedLease: 0, stamp: SPAFixture.now, totp: totp)
  }

  @Test func openNeedsAnAddress() {
    #expect(request(.open, .none, totp: nil) == nil)
    #expect(request(.open, .packetSource(port: nil), totp: nil) != nil)
    #expect(request(.close, .none, totp: nil) != nil)
  }

  @Test func codesHaveSixDigits() {
    #expect(request(.close, .none, totp: 999_999) != nil)
    #expect(request(.close, .none, totp: 1_000_000) == nil)
  }
}
