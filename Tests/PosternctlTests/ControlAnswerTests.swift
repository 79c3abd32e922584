// SPDX-License-Identifier: Apache-2.0
import Testing
import posternctl

@Suite struct ControlAnswerTests {
  @Test func linesBeforeDone() throws {
    let answer = try ControlAnswer("{\"a\":1}\n{\"a\": 2}\n{\"done\":true,\"exit\":0}\n")
    #expect(answer.lines == ["{\"a\":1}", "{\"a\": 2}"])
    #expect(answer.values.map { $0["a"]?.integer } == [1, 2])
  }

  static let failures: [(text: String, error: ControlError, exit: Int32)] = [
    ("", .incomplete, 76),
    ("{\"a\":1}\n", .incomplete, 76),
    ("{\"done\":1}\n", .incomplete, 76),
    ("x\n{\"done\":true}\n", .incomplete, 76),
    ("{\"done\":true", .incomplete, 76),
    ("{\"done\":false,\"error\":\"no such lease\",\"exit\":65}\n", .refused("no such lease", exit: 65), 65),
    ("{\"done\":false}\n", .refused("refused", exit: 1), 1),
    ("{\"done\":false,\"error\":\"x\",\"exit\":0}\n", .refused("x", exit: 0), 1),
    ("{\"done\":false,\"error\":\"x\",\"exit\":256}\n", .refused("x", exit: 256), 1),
  ]

  @Test(arguments: failures.indices)
  func refused(_ index: Int) {
    let row = Self.failures[index]
    do throws(ControlError) {
      _ = try ControlAnswer(row.text)
      Issue.record("accepted: \(row.text)")
    } catch {
      #expect(error == row.error)
      #expect(error.exit == row.exit)
    }
  }

  @Test func numbersAndBooleansStayApart() {
    #expect(
      JSONValue(json: "[1,true,0,false,1.5,null]")
        == .array([
          .integer(1), .boolean(true), .integer(0), .boolean(false), .number(1.5), .null,
        ]))
    #expect(JSONValue(json: "{") == nil)
  }
}
