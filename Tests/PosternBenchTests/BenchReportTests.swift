// SPDX-License-Identifier: Apache-2.0
import Testing
import postern_bench

@Suite struct BenchReportTests {
  private static let text = """
    latency reference n=500 missing=0 p50_us=40 p99_us=90
    latency/fwknop postern n=500 missing=0 p50_us=79 p99_us=200
    latency/spa postern n=500 missing=2 p50_us=200 p99_us=300
    curve postern p50_us=60
    latency reference p50_us=50
    latency/fwknop postern p50_us=81
    latency reference p50_us=45 word=none
    rate/spa postern per_second=7999
    connect/plain postern p50_us=1000
    connect/plain fwknopd p50_us=49000
    too short
    """

  private let figures = Figures(text)

  @Test func mediansAndSpreads() throws {
    let reference = try #require(figures[.init("latency", "reference", "p50_us")])
    #expect((reference.median, reference.least, reference.most) == (45, 40, 50))
    #expect(figures.median("latency/fwknop", "postern", "p50_us") == 80, "of two rounds the middle")
    #expect(figures[.init("latency", "reference", "word")] == nil)
    #expect(figures[.init("too", "short", "p50_us")] == nil)
  }

  @Test func barsAreThoseOfWhatWasMeasured() {
    let bars = Bar.all(figures)
    #expect(bars.map(\.isMet) == [false, true, false, false])
    #expect(bars.map { ($0.value * 1000).rounded() } == [3111, 1778, 49_000, 7_999_000])
    #expect(Bar.all(Figures("")) == [])
  }

  @Test func tableAndJSON() {
    let report = BenchReport(figures, host: "here")
    let lines = report.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.first == "here")
    #expect(lines.contains("latency         reference  p50_us 45 [40..50]  p99_us 90"))
    #expect(lines.contains("latency/spa     postern    missing 2  p50_us 200  p99_us 300"), "what is missing shows")
    #expect(lines.last == "[no] spa: grants a second: 7999, at least 8000")
    let json = String(decoding: report.json, as: UTF8.self).split(separator: "\n")
    #expect(
      json.contains(
        #"{"host":"here","case":"curve","subject":"postern","quantity":"p50_us","median":60.000,"least":60.000,"most":60.000}"#))
    #expect(json.last == #"{"bar":"spa: grants a second","value":7999.000,"at-least":8000.000,"met":false}"#)
  }
}
