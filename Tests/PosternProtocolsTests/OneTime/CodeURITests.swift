// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct CodeURITests {
  /// The secrets of RFC 6238 appendix B.
  private static func secret(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) } }

  private static let sample =
    "otpauth://totp/gw.example.org:bob%2Fmain?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=gw.example.org"
    + "&algorithm=SHA1&digits=6&period=30"

  @Test func text() throws {
    let uri = CodeURI(issuer: "gw.example.org", account: "bob/main", secret: Self.secret(20))
    #expect(uri.text == Self.sample)
    let read = try #require(CodeURI(Array(Self.sample.utf8)))
    #expect(read.issuer == uri.issuer && read.account == uri.account && read.secret == uri.secret)
    #expect(read.hash == .sha1 && read.digits == 6)
  }

  @Test(arguments: CodeSecret.Hash.allCases) func roundTrip(_ hash: CodeSecret.Hash) throws {
    for digits in CodeSecret.digits {
      let uri = CodeURI(issuer: "a b", account: "ü?&=/", secret: Self.secret(32), hash: hash, digits: digits)
      let read = try #require(CodeURI(Array(uri.text.utf8)))
      #expect(read.text == uri.text && read.account == uri.account && read.hash == hash && read.digits == digits)
    }
  }

  /// A name that begins with a combining mark makes one character with the colon before it.
  @Test func aMarkBehindTheColon() throws {
    let uri = CodeURI(issuer: "", account: "\u{591}gorim", secret: Self.secret(20))
    let read = try #require(CodeURI(Array(uri.text.utf8)))
    #expect(read.issuer == "" && read.account == uri.account && read.text == uri.text)
  }

  /// RFC 6238 appendix B, its eight digits.
  @Test(
    arguments: [
      (59, CodeSecret.Hash.sha1, 20, 94_287_082), (59, .sha256, 32, 46_119_246), (59, .sha512, 64, 90_693_936),
      (1_111_111_109, .sha1, 20, 7_081_804), (1_111_111_109, .sha256, 32, 68_084_774), (20_000_000_000, .sha512, 64, 47_863_826),
    ] as [(UInt64, CodeSecret.Hash, Int, UInt32)])
  func published(_ second: UInt64, _ hash: CodeSecret.Hash, _ bytes: Int, _ code: UInt32) {
    // Stamps in nanoseconds end in the year 2554, before one of the published moments would have to be left out.
    let moment = Timestamp(nanoseconds: second &* 1_000_000_000)
    guard second < UInt64.max / 1_000_000_000 else { return }
    let uri = CodeURI(issuer: "", account: "", secret: Self.secret(bytes), hash: hash, digits: 8)
    #expect(uri.code(at: moment) == code)
  }

  @Test func whatIsLeftOutHasItsUsualValue() throws {
    let uri = try #require(CodeURI(Array("otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&image=x".utf8)))
    #expect(uri.issuer == "" && uri.account == "me" && uri.hash == .sha1 && uri.digits == 6)
  }

  @Test(arguments: [
    "", "otpauth://hotp/me?secret=GEZDGNBVGY3TQOJQ&counter=1", "https://totp/me?secret=GEZDGNBVGY3TQOJQ", "otpauth://totp/me",
    "otpauth://totp/me?", "otpauth://totp/me?secret=", "otpauth://totp/me?secret=GEZDGNBVGY3TQOJ",
    "otpauth://totp/me?secret=gezdgnbvgy3tqojq",
    "otpauth://totp/me?secret=MZXW6YTB", "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ",
    "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&period=60", "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&digits=5",
    "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&digits=10", "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5",
    "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ&x", "otpauth://totp/me%?secret=GEZDGNBVGY3TQOJQ",
    "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ\n",
    "otpauth://totp/me?secret=GEZDGNBVGY3TQOJQ?x=1",
  ])
  func refused(_ text: String) { #expect(CodeURI(Array(text.utf8)) == nil) }

  @Test func everyTruncationIsRefusedOrKeepsTheSecret() {
    let bytes = Array(Self.sample.utf8)
    for count in bytes.indices {
      guard let uri = CodeURI(Array(bytes.prefix(count))) else { continue }
      #expect(uri.secret == Self.secret(20) || Self.secret(20).starts(with: uri.secret))
    }
  }

  @Test func theSecretShowsNowhereElse() {
    let uri = CodeURI(issuer: "i", account: "a", secret: Self.secret(20))
    var dumped = ""
    dump(uri, to: &dumped)
    for text in ["\(uri)", String(reflecting: uri), dumped] { #expect(!text.contains("GEZDG") && !text.contains("49")) }
  }
}
